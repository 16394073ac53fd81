import type { CacheKey, CacheKeysAnswer } from "../../../control-api/index.ts";
import { RunError } from "../../errors.ts";
import type { ViewTarget } from "../engine-view.ts";
import { readFields, readText, readWhole } from "../fields.ts";
import { type CacheConnection, withCache } from "./cache-connection.ts";
import { keyText, patternBytes } from "./key-text.ts";
import { itemsOf, numberOf, textOf, wholeBytesOf } from "./replies.ts";

const PATTERN_LENGTH_MAX = 512;
const COUNT_MAX = 500;
const COUNT_DEFAULT = 100;
/** How many keys the server looks at in one go, at most: it serves nobody else meanwhile. */
const STEP_MAX = 1_000;
/** How often it is asked to for one answer: a pattern that fits nothing is answered too, with where to go on. */
const SCANS_MAX = 40;
/** A server that packs many keys into one place may return more than was asked for. */
const KEYS_MAX = 2_000;

/** Answers `keys`: some of those that fit a pattern, with their types, times to live and sizes. */
export async function keysVerb(target: ViewTarget, input: unknown): Promise<CacheKeysAnswer> {
  const fields = readFields(input, ["pattern", "cursor", "count"]);
  const pattern = patternBytes(readText(fields, "pattern", PATTERN_LENGTH_MAX, "*") || "*");
  const start = readCursor(readText(fields, "cursor", 20, "0"));
  const count = readWhole(fields, "count", 1, COUNT_MAX, COUNT_DEFAULT);
  return await withCache(target, async (cache) => {
    const { found, cursor } = await scan(cache, { pattern, cursor: start, count });
    const [keys, total] = [await described(cache, found), numberOf((await cache.ask([["DBSIZE"]]))[0])];
    return {
      keys,
      ...(cursor === "0" ? {} : { cursor }),
      ...(total === undefined ? {} : { total }),
    };
  });
}

/** Throws `BAD_REQUEST` when it is no cursor of `SCAN`. */
export function readCursor(text: string): string {
  if (/^\d{1,20}$/.test(text)) return text;
  throw new RunError("BAD_REQUEST", "a cursor is a whole number that came with the answer before");
}

interface Scan {
  readonly pattern: Buffer;
  readonly cursor: string;
  readonly count: number;
}

async function scan(cache: CacheConnection, { pattern, cursor: start, count }: Scan) {
  const found = new Map<string, Buffer>();
  let cursor = start;
  // The more of what is looked at does not fit, the larger the steps: a pattern that fits all gives about as many as were asked for.
  let step = count;
  for (let scans = 0; scans < SCANS_MAX; scans++) {
    const [next, keys] = itemsOf(await cache.one("SCAN", cursor, "MATCH", pattern, "COUNT", step));
    cursor = readCursor(textOf(next) ?? "");
    for (const key of itemsOf(keys)) {
      const bytes = wholeBytesOf(key);
      if (bytes && found.size < KEYS_MAX) found.set(bytes.toString("latin1"), bytes);
    }
    if (cursor === "0" || found.size >= count) break;
    if (found.size < (count * (scans + 1)) / 4) step = Math.min(STEP_MAX, 4 * step);
  }
  return { found: [...found.values()], cursor };
}

/** What the server says of each; those that are gone meanwhile are left out. */
async function described(cache: CacheConnection, keys: readonly Buffer[]): Promise<CacheKey[]> {
  const answers = await cache.ask(
    keys.flatMap((key) => [
      ["TYPE", key],
      ["PTTL", key],
      ["MEMORY", "USAGE", key],
    ]),
  );
  return keys.flatMap((key, at) => {
    const [type, ttl, usage] = answers.slice(3 * at, 3 * at + 3);
    return keyOf(key, { type: textOf(type), ttlMs: numberOf(ttl), bytes: numberOf(usage) }) ?? [];
  });
}

/** Undefined of a key that is not there. */
export function keyOf(
  key: Buffer,
  said: { type: string | undefined; ttlMs: number | undefined; bytes: number | undefined },
): CacheKey | undefined {
  const { type = "none", ttlMs = -1, bytes } = said;
  if (type === "none") return undefined;
  return {
    key: keyText(key),
    type,
    ...(ttlMs < 0 ? {} : { ttlMs }),
    ...(bytes === undefined ? {} : { bytes }),
  };
}
