import type { createHmac, timingSafeEqual } from "node:crypto";

/**
 * Finds whose password was given, among passwords by user. All sides are hashed, so that neither their lengths nor their first difference
 * shows in the time it takes, and all are compared, so that it does not show whose it is. `node:crypto` is loaded at the first
 * search, since a cache without a password never needs it; from then on the passwords themselves are not kept.
 */
export function userFinder(passwords: ReadonlyMap<string, string>): (password: string) => string | undefined {
  let waiting: ReadonlyMap<string, string> | undefined = passwords;
  let hashed: (readonly [user: string, hash: Buffer])[] = [];
  return (given) => {
    const crypto = process.getBuiltinModule("node:crypto");
    if (waiting) {
      hashed = Array.from(waiting, ([user, password]) => [
        user,
        hashOf(crypto, Buffer.from(password, "utf8")),
      ]);
      waiting = undefined;
    }
    // Arguments are byte strings: one character per byte.
    const hash = hashOf(crypto, Buffer.from(given, "latin1"));
    let found: string | undefined;
    for (const [user, one] of hashed) if (crypto.timingSafeEqual(one, hash)) found = user;
    return found;
  };
}

interface Crypto {
  readonly createHmac: typeof createHmac;
  readonly timingSafeEqual: typeof timingSafeEqual;
}

function hashOf(crypto: Crypto, password: Buffer): Buffer {
  return crypto.createHmac("sha256", "trestle cache password").update(password).digest();
}
