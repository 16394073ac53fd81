import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from "node:crypto";
import { SqlError } from "../errors.ts";

// PostgreSQL asks for 4096 by default; a server that asks for very many would hold up the whole process.
const ITERATIONS_MAX = 1_000_000;

/**
 * The client's side of SCRAM-SHA-256 without channel binding (RFC 5802 and RFC 7677), one exchange long. The password
 * never crosses the wire, and `verify` proves that the server knows it too.
 */
export class ScramExchange {
  readonly #password: string;
  readonly #nonce: string;
  readonly #bare: string;
  #serverSignature: Buffer | undefined;

  /**
   * `nonce` is fresh and printable, without commas. `user` is empty with PostgreSQL, which knows it from the startup
   * message.
   */
  constructor(options: { password: string; nonce: string; user?: string }) {
    // SASLprep (RFC 4013) is NFKC and some refusals; a password that it refuses is taken as it is by PostgreSQL too.
    this.#password = options.password.normalize("NFKC");
    this.#nonce = options.nonce;
    this.#bare = `n=${options.user ?? ""},r=${options.nonce}`;
  }

  /** The client-first-message. */
  first(): string {
    return `n,,${this.#bare}`;
  }

  /** The client-final-message that answers the server's first. Throws `PROTOCOL` on a malformed one. */
  final(serverFirst: string): string {
    const parsed = /^r=([^,]+),s=([A-Za-z0-9+/=]+),i=(\d{1,10})$/.exec(serverFirst);
    const [, nonce = "", salt = "", count = ""] = parsed ?? [];
    const iterations = Number(count);
    if (!nonce.startsWith(this.#nonce) || nonce.length === this.#nonce.length)
      throw protocolError("its SCRAM nonce does not continue ours");
    if (iterations < 1 || iterations > ITERATIONS_MAX)
      throw protocolError(`it asks for ${count} SCRAM iterations`);
    const { clientKey, storedKey, serverKey } = keysOf(
      this.#password,
      Buffer.from(salt, "base64"),
      iterations,
    );
    // `biws` is "n,," in base 64: no channel binding.
    const withoutProof = `c=biws,r=${nonce}`;
    const signed = `${this.#bare},${serverFirst},${withoutProof}`;
    const clientSignature = hmac(storedKey, signed);
    const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (clientSignature[at] ?? 0)));
    this.#serverSignature = hmac(serverKey, signed);
    return `${withoutProof},p=${proof.toString("base64")}`;
  }

  /** Checks the server-final-message. Throws `PROTOCOL` unless it proves that the server knows the password. */
  verify(serverFinal: string): void {
    const given = Buffer.from(/^v=([A-Za-z0-9+/=]+)/.exec(serverFinal)?.[1] ?? "", "base64");
    const expected = this.#serverSignature;
    if (!expected || given.length !== expected.length || !timingSafeEqual(given, expected))
      throw protocolError("it does not prove that it knows the password");
  }
}

/** A password as PostgreSQL stores it, so that the password itself is in no statement and in no log. */
export function scramVerifier(password: string, salt: Buffer, iterations = 4096): string {
  const { storedKey, serverKey } = keysOf(password.normalize("NFKC"), salt, iterations);
  const base64 = (bytes: Buffer) => bytes.toString("base64");
  return `SCRAM-SHA-256$${iterations}:${base64(salt)}$${base64(storedKey)}:${base64(serverKey)}`;
}

function keysOf(password: string, salt: Buffer, iterations: number) {
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  const clientKey = hmac(salted, "Client Key");
  const storedKey = createHash("sha256").update(clientKey).digest();
  return { clientKey, storedKey, serverKey: hmac(salted, "Server Key") };
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function protocolError(what: string): SqlError {
  return new SqlError("PROTOCOL", `the server's authentication is refused: ${what}`);
}
