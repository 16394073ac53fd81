import type { createHmac, timingSafeEqual } from "node:crypto";

/**
 * A check against one password. Both sides are hashed, so that neither their lengths nor their first difference shows in
 * the time it takes. `node:crypto` is loaded at the first check, since a cache without a password never needs it.
 */
export function passwordCheck(password: string): (given: string) => boolean {
  let hashed: Buffer | undefined;
  return (given) => {
    const crypto = process.getBuiltinModule("node:crypto");
    hashed ??= hashOf(crypto, Buffer.from(password, "utf8"));
    // Arguments are byte strings: one character per byte.
    return crypto.timingSafeEqual(hashed, hashOf(crypto, Buffer.from(given, "latin1")));
  };
}

interface Crypto {
  readonly createHmac: typeof createHmac;
  readonly timingSafeEqual: typeof timingSafeEqual;
}

function hashOf(crypto: Crypto, password: Buffer): Buffer {
  return crypto.createHmac("sha256", "trestle cache password").update(password).digest();
}
