import { generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CertificateConfig } from "../../config/index.ts";
import { makeCertificate } from "../authority/certificate-maker.ts";

const DAY_MS = 86_400_000;
const BACKDATE_MS = 3_600_000;

/** What a test asks of a certificate; the rest is ordinary. */
export interface TestOrder {
  readonly names?: readonly string[];
  /** Default: the first name. */
  readonly commonName?: string;
  readonly usage?: "server" | "client";
  readonly fromMs?: number;
  readonly toMs?: number;
}

export interface TestCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** An authority that lives as long as a test. */
export interface TestAuthority {
  /** In PEM. */
  readonly root: string;
  issue(order: TestOrder): Promise<TestCertificate>;
}

/** Makes an authority. `nowMs`: around which its certificates are valid. */
export async function testAuthority(name = "test", nowMs: number = Date.now()): Promise<TestAuthority> {
  const key = newKey();
  const times = { notBeforeMs: nowMs - DAY_MS, notAfterMs: nowMs + 3_650 * DAY_MS };
  const root = await makeCertificate({ commonName: name, names: [], usage: "authority", key, ...times });
  const issuer = { certificate: new X509Certificate(root), key };
  const issue = async (order: TestOrder) => {
    const { names = [], usage = "server" } = order;
    const own = newKey();
    const certificate = await makeCertificate({
      commonName: order.commonName ?? names[0] ?? "nobody",
      names,
      usage,
      key: own,
      notBeforeMs: order.fromMs ?? nowMs - BACKDATE_MS,
      notAfterMs: order.toMs ?? nowMs + 60 * DAY_MS,
      issuer,
    });
    return { certificate, key: keyText(own) };
  };
  return { root, issue };
}

export function newKey(): KeyObject {
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
}

export function keyText(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

/** A folder that is gone when the test is over. */
export interface TestFolder extends AsyncDisposable {
  readonly path: string;
  /** Writes a file into it, and gives its path. */
  write(name: string, text: string): Promise<string>;
  /** Writes a certificate and its key as `NAME.pem` and `NAME-key.pem`. */
  writeCertificate(name: string, made: TestCertificate): Promise<CertificateConfig>;
}

export async function testFolder(): Promise<TestFolder> {
  const path = await mkdtemp(join(tmpdir(), "trestle-tls-"));
  const write = async (name: string, text: string) => {
    const file = join(path, name);
    await writeFile(file, text, { mode: 0o600 });
    return file;
  };
  return {
    path,
    write,
    writeCertificate: async (name, made) => ({
      certificateFile: await write(`${name}.pem`, made.certificate),
      keyFile: await write(`${name}-key.pem`, made.key),
    }),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
