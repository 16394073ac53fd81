import type { KeyObject, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { messageOf } from "../../../blocks/errors/index.ts";
import type { CertificateConfig } from "../config/index.ts";
import { certificateNames } from "./certificate-names.ts";
import { fileError, readCertificates, readPrivateKey } from "./pem-file.ts";

/** A certificate that can be shown: with its key, and the intermediates that lead to a root. */
export interface Certificate {
  /** In PEM: the certificate, then its intermediates. */
  readonly chainText: string;
  /** In PEM. */
  readonly keyText: string;
  readonly own: X509Certificate;
  /** What it is chosen by, in lower case; `*.` stands for one label. */
  readonly names: readonly string[];
  /** Wall time. */
  readonly validFromMs: number;
  readonly validToMs: number;
}

/**
 * Reads a certificate and its key, and checks that they can be used now. Throws `EdgeError` `INVALID_CONFIG`, whose message names
 * the file, what is wrong and the mend: a file that is missing or not PEM, an encrypted key, a key of another certificate, a
 * certificate that has expired or is not valid yet.
 */
export async function readCertificate(config: CertificateConfig, nowMs: number): Promise<Certificate> {
  const { certificateFile, keyFile } = config;
  const chain = await readCertificates(certificateFile);
  const key = await readPrivateKey(keyFile);
  const own = chain[0];
  if (!own) throw fileError(certificateFile, "holds no certificate");
  if (!own.checkPrivateKey(key)) throw mismatch(chain, key, config);
  const certificate = certificateOf(chain, key);
  const { validFromMs, validToMs } = certificate;
  if (validToMs <= nowMs) {
    throw fileError(certificateFile, `has expired, on ${dateOf(validToMs)}; renew it`);
  }
  if (validFromMs > nowMs) {
    throw fileError(certificateFile, `is valid from ${dateOf(validFromMs)} on; look at the machine's clock`);
  }
  checkUsable(certificate, certificateFile);
  return certificate;
}

/** A certificate of its parts, which are known to fit. `chain`: its own first. */
export function certificateOf(chain: readonly X509Certificate[], key: KeyObject): Certificate {
  const own = chain[0];
  if (!own) throw new RangeError("a chain has at least one certificate");
  return {
    chainText: chain.map((one) => one.toString()).join(""),
    keyText: key.export({ type: "pkcs8", format: "pem" }).toString(),
    own,
    names: certificateNames(own),
    validFromMs: Date.parse(own.validFrom),
    validToMs: Date.parse(own.validTo),
  };
}

/** OpenSSL has demands of its own, such as on the length of keys. */
function checkUsable({ chainText, keyText }: Certificate, file: string): void {
  try {
    createSecureContext({ cert: chainText, key: keyText, ca: [] });
  } catch (thrown) {
    throw fileError(
      file,
      `cannot be used (${messageOf(thrown)}); have it made anew, with a longer key`,
      thrown,
    );
  }
}

function mismatch(chain: readonly X509Certificate[], key: KeyObject, config: CertificateConfig) {
  const place = chain.findIndex((one) => one.checkPrivateKey(key));
  return fileError(
    config.certificateFile,
    place > 0
      ? `begins with another certificate than that of its key (${config.keyFile}), which is number ${place + 1}; put that one first, and its intermediates behind it`
      : `does not fit its key (${config.keyFile}); name the key that the certificate was made for`,
  );
}

function dateOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
