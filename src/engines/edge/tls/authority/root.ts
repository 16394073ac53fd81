import { generateKeyPair, type KeyObject, randomUUID, type X509Certificate } from "node:crypto";
import { chmod, link, mkdir, open, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { codeOf, messageOf } from "../../../../blocks/errors/index.ts";
import type { Clock } from "../../../../blocks/time/index.ts";
import { EdgeError } from "../../errors.ts";
import { fileError, readCertificates, readPrivateKey } from "../pem-file.ts";
import { makeCertificate, permittedNamesOf } from "./certificate-maker.ts";
import type { LocalNames } from "./local-names.ts";

const CERTIFICATE_FILE = "root.pem";
const KEY_FILE = "root-key.pem";
const YEAR_MS = 365.25 * 86_400_000;
const LIFE_MS = 10 * YEAR_MS;
const BACKDATE_MS = 86_400_000;

/** An authority's own certificate and key. */
export interface Root {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

/**
 * Opens the root in a folder, and makes what is missing of it. Several processes may do so at once: each file appears whole or not at
 * all, the first one stays, and all read that one; the certificate is made for the key that stayed. Both can be read by the owner only.
 */
export async function openRoot(folder: string, names: LocalNames, clock: Clock): Promise<Root> {
  const certificateFile = join(folder, CERTIFICATE_FILE);
  const keyFile = join(folder, KEY_FILE);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await checkMode(folder, 0o022, "can be written to by other users of this machine", "chmod 700");
    if (!(await exists(keyFile))) await place(keyFile, await newKeyText());
    await checkMode(keyFile, 0o077, "can be read by other users of this machine", "chmod 600");
    const key = await readPrivateKey(keyFile);
    if (!(await exists(certificateFile))) {
      await place(certificateFile, await newCertificateText(key, names, clock.wallMs()));
    }
    const [certificate] = await readCertificates(certificateFile);
    if (!certificate) throw fileError(certificateFile, "holds no certificate");
    await checkRoot({ certificate, key }, names, folder, clock.wallMs());
    return { certificate, key };
  } catch (thrown) {
    if (thrown instanceof EdgeError) throw thrown;
    throw fileError(folder, `cannot hold a local authority (${messageOf(thrown)})`, thrown);
  }
}

async function checkRoot(
  { certificate, key }: Root,
  names: LocalNames,
  folder: string,
  nowMs: number,
): Promise<void> {
  const mend = `remove ${CERTIFICATE_FILE} and ${KEY_FILE} there to have a new authority made, which has to be trusted anew`;
  if (key.asymmetricKeyDetails?.namedCurve !== "prime256v1" || !certificate.ca) {
    throw fileError(folder, `holds an authority that was not made here; ${mend}`);
  }
  if (!certificate.checkPrivateKey(key))
    throw fileError(folder, `holds a root and a key that do not fit; ${mend}`);
  if (Date.parse(certificate.validTo) <= nowMs)
    throw fileError(folder, `holds a root that has expired; ${mend}`);
  const permitted = await permittedNamesOf(certificate);
  const beyond = permitted ? names.beyond(permitted) : [];
  if (beyond.length > 0) {
    throw fileError(
      folder,
      `holds a root that may not vouch for ${beyond.join(", ")}; name another folder, or ${mend}`,
    );
  }
}

/** As with keys of SSH: one that others could read or replace may be known to them, or be theirs. */
async function checkMode(path: string, forbidden: number, wrong: string, mend: string): Promise<void> {
  if (process.platform === "win32") return;
  const { mode } = await stat(path);
  if ((mode & forbidden) !== 0) throw fileError(path, `${wrong}; make it the owner's alone (\`${mend}\`)`);
}

async function newKeyText(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function newCertificateText(key: KeyObject, names: LocalNames, nowMs: number): Promise<string> {
  return makeCertificate({
    commonName: `Trestle local authority (${hostname()})`,
    names: [],
    usage: "authority",
    key,
    notBeforeMs: nowMs - BACKDATE_MS,
    notAfterMs: nowMs + LIFE_MS,
    permitted: names.permitted,
  });
}

/** Puts a file in its place unless there is one: a link appears whole or not at all. */
async function place(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  try {
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await chmod(draft, 0o600);
    await link(draft, file);
  } catch (thrown) {
    if (codeOf(thrown) !== "EEXIST") throw thrown;
  } finally {
    await rm(draft, { force: true });
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return false;
    throw thrown;
  }
}
