import type { CacheValueAnswer } from "../../../control-api/index.ts";
import { RunError } from "../../errors.ts";
import type { ViewTarget } from "../engine-view.ts";
import { readFields, readText } from "../fields.ts";
import { withCache } from "./cache-connection.ts";
import { keyBytes } from "./key-text.ts";
import { keyOf } from "./keys-verb.ts";
import { numberOf, textOf } from "./replies.ts";
import { pageOf } from "./value-pages.ts";

/** Four characters for each byte of a long key. */
export const KEY_LENGTH_MAX = 8_192;

/** Answers `value`: what a key holds, or one page of it. Throws `NOT_POSSIBLE` when the key is not there. */
export async function valueVerb(target: ViewTarget, input: unknown): Promise<CacheValueAnswer> {
  const fields = readFields(input, ["key", "offset"]);
  const key = keyBytes(readText(fields, "key", KEY_LENGTH_MAX));
  const offset = readText(fields, "offset", 60, "");
  return await withCache(target, async (cache) => {
    const [type, ttl, usage, encoding] = await cache.ask([
      ["TYPE", key],
      ["PTTL", key],
      ["MEMORY", "USAGE", key],
      ["OBJECT", "ENCODING", key],
    ]);
    const said = { type: textOf(type), ttlMs: numberOf(ttl), bytes: numberOf(usage) };
    const about = keyOf(key, said);
    if (!about) throw new RunError("NOT_POSSIBLE", `${target.name} has no such key, or has it no more`);
    const encoded = textOf(encoding);
    return {
      ...about,
      ...(encoded === undefined ? {} : { encoding: encoded }),
      ...(await pageOf(cache, { key, type: about.type, offset })),
    };
  });
}
