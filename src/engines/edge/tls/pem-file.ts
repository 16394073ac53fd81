import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { open } from "node:fs/promises";
import { codeOf, messageOf } from "../../../blocks/errors/index.ts";
import { EdgeError } from "../errors.ts";

/** Bundles of authorities have some 200 KB; a file beyond 4 MiB is something else. */
const FILE_BYTES_MAX = 4 * 1_024 * 1_024;

/** Certificates of a PEM file, in its order; at least one. Throws `EdgeError` `INVALID_CONFIG`, which names the file and the mend. */
export async function readCertificates(file: string): Promise<X509Certificate[]> {
  const text = await readText(file);
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) {
    const what = text.includes("PRIVATE KEY-----")
      ? "holds a key and no certificate"
      : "holds no PEM certificate";
    throw fileError(file, `${what}; name the file with the certificate and its intermediates`);
  }
  return blocks.map((block, at) => {
    try {
      return new X509Certificate(block);
    } catch (thrown) {
      throw fileError(file, `certificate ${at + 1} cannot be read (${messageOf(thrown)})`, thrown);
    }
  });
}

/** The private key of a PEM file. Throws `EdgeError` `INVALID_CONFIG`, which names the file and the mend. */
export async function readPrivateKey(file: string): Promise<KeyObject> {
  const text = await readText(file);
  if (text.includes("-----BEGIN ENCRYPTED PRIVATE KEY-----") || text.includes("Proc-Type: 4,ENCRYPTED")) {
    throw fileError(
      file,
      "holds an encrypted key; write it without a passphrase (`openssl pkey -in … -out …`), readable by the owner only",
    );
  }
  if (!text.includes("PRIVATE KEY-----")) {
    throw fileError(file, "holds no PEM private key; name the file that the certificate's key is in");
  }
  try {
    return createPrivateKey(text);
  } catch (thrown) {
    throw fileError(file, `holds a key that cannot be read (${messageOf(thrown)})`, thrown);
  }
}

/** `INVALID_CONFIG` about a file. */
export function fileError(file: string, wrong: string, cause?: unknown): EdgeError {
  return new EdgeError("INVALID_CONFIG", `${file}: ${wrong}`, {
    details: { file },
    ...(cause === undefined ? {} : { cause }),
  });
}

async function readText(file: string): Promise<string> {
  try {
    await using handle = await open(file, "r");
    const { size } = await handle.stat();
    if (size > FILE_BYTES_MAX)
      throw fileError(file, "is larger than 4 MiB, and no file of certificates or keys");
    return await handle.readFile("latin1");
  } catch (thrown) {
    if (thrown instanceof EdgeError) throw thrown;
    throw fileError(file, readProblem(thrown), thrown);
  }
}

function readProblem(thrown: unknown): string {
  switch (codeOf(thrown)) {
    case "ENOENT":
    case "ENOTDIR":
      return "does not exist";
    case "EACCES":
    case "EPERM":
      return "may not be read by the user that the edge runs as";
    case "EISDIR":
      return "is a folder; name the file in it";
    default:
      return `cannot be read (${messageOf(thrown)})`;
  }
}
