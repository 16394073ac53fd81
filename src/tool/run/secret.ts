import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** The secret kept in a file that only its owner can read; drawn at first use. 192 bits, safe in a URL. */
export function secretAt(path: string): string {
  try {
    const kept = readFileSync(path, "utf8").trim();
    if (kept.length > 0) return kept;
  } catch {
    // There is none yet.
  }
  const secret = randomBytes(24).toString("base64url");
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, `${secret}\n`, { mode: 0o600 });
  return secret;
}
