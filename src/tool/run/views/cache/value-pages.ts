import type { CachePage, CacheText } from "../../../control-api/index.ts";
import { RunError } from "../../errors.ts";
import { type Argument, type CacheConnection, KEPT_BYTES } from "./cache-connection.ts";
import { cacheText } from "./cache-text.ts";
import { readCursor } from "./keys-verb.ts";
import { itemsOf, numberOf, textOf } from "./replies.ts";
import type { Reply } from "./reply-reader.ts";

/** One page of a value. */
export interface ValuePage {
  readonly page: CachePage;
  readonly length?: number;
  readonly next?: string;
}

interface Wanted {
  readonly key: Buffer;
  readonly type: string;
  /** Empty at the beginning. */
  readonly offset: string;
}

type Pager = (cache: CacheConnection, wanted: Wanted) => Promise<ValuePage>;

/** How many elements are asked for. */
const ELEMENTS = 100;
/** What one element may take of an answer, and all of them: the rest of a long one is cut, what then has no room is left out. */
const ELEMENT_BYTES_MAX = 4 * 1024;
const PAGE_CHARS_MAX = 60 * 1024;

/** How each type that a server may have is read. A type that is not listed is shown by its name alone. */
const PAGERS: Readonly<Record<string, Pager>> = {
  string: stringPage,
  list: listPage,
  zset: sortedSetPage,
  hash: (cache, wanted) => scanPage(cache, wanted, ["HLEN", "HSCAN"], ["field", "value"]),
  set: (cache, wanted) => scanPage(cache, wanted, ["SCARD", "SSCAN"], ["member"]),
  stream: streamPage,
};

/** Reads one page of a value. Throws `BAD_REQUEST` when the offset is none of this type. */
export async function pageOf(cache: CacheConnection, wanted: Wanted): Promise<ValuePage> {
  const pager = Object.hasOwn(PAGERS, wanted.type) ? PAGERS[wanted.type] : undefined;
  return pager ? await pager(cache, wanted) : { page: { shape: "unknown" } };
}

async function stringPage(cache: CacheConnection, { key, offset }: Wanted): Promise<ValuePage> {
  const from = readIndex(offset);
  const length = numberOf(await cache.one("STRLEN", key)) ?? 0;
  const piece = await cache.one("GETRANGE", key, from, from + KEPT_BYTES - 1);
  const bytes = piece.is === "bytes" ? piece.bytes : Buffer.alloc(0);
  const left = length - from;
  // A cut inside a character belongs to the next page.
  const value = cacheText(bytes, Math.max(left, bytes.length));
  const shown = value.form === "hex" ? bytes.length : Buffer.byteLength(value.text);
  const end = from + shown;
  return {
    page: { shape: "text", from, value },
    length,
    ...(end < length && shown > 0 ? { next: String(end) } : {}),
  };
}

async function listPage(cache: CacheConnection, { key, offset }: Wanted): Promise<ValuePage> {
  const from = readIndex(offset);
  const length = numberOf(await cache.one("LLEN", key)) ?? 0;
  const items = itemsOf(await cache.one("LRANGE", key, from, from + ELEMENTS - 1));
  const rows = items.map((item, at) => [plain(String(from + at)), shown(item)]);
  return indexed(["index", "element"], rows, from, length);
}

async function sortedSetPage(cache: CacheConnection, { key, offset }: Wanted): Promise<ValuePage> {
  const from = readIndex(offset);
  const length = numberOf(await cache.one("ZCARD", key)) ?? 0;
  const items = itemsOf(await cache.one("ZRANGE", key, from, from + ELEMENTS - 1, "WITHSCORES"));
  const rows = pairsOf(items).map(([member, score]) => [shown(score), shown(member)]);
  return indexed(["score", "member"], rows, from, length);
}

async function scanPage(
  cache: CacheConnection,
  { key, offset }: Wanted,
  [counting, scanning]: readonly [string, string],
  columns: readonly string[],
): Promise<ValuePage> {
  const cursor = readCursor(offset || "0");
  const length = numberOf(await cache.one(counting, key)) ?? 0;
  const [next, found] = itemsOf(await cache.one(scanning, key, cursor, "COUNT", ELEMENTS));
  const items = itemsOf(found);
  const rows =
    columns.length === 2 ? pairsOf(items).map((pair) => pair.map(shown)) : items.map((item) => [shown(item)]);
  const { fitting, leftOut } = fit(rows);
  const after = textOf(next) ?? "0";
  return {
    page: { shape: "rows", columns, rows: fitting, leftOut },
    length,
    ...(after === "0" ? {} : { next: readCursor(after) }),
  };
}

async function streamPage(cache: CacheConnection, { key, offset }: Wanted): Promise<ValuePage> {
  if (!/^(\d{1,20}-\d{1,20})?$/.test(offset)) throw new RunError("BAD_REQUEST", "an entry's id is MS-NUMBER");
  const length = numberOf(await cache.one("XLEN", key)) ?? 0;
  // The newest first, as one looks at what happened.
  const range: readonly Argument[] = [key, offset === "" ? "+" : `(${offset}`, "-", "COUNT", ELEMENTS];
  const entries = itemsOf(await cache.one("XREVRANGE", ...range)).map(itemsOf);
  const rows = entries.map(([id, pairs]) => [
    shown(id),
    plain(
      pairsOf(itemsOf(pairs))
        .map(([field, value]) => `${shown(field).text}: ${shown(value).text}`)
        .join("\n")
        .slice(0, ELEMENT_BYTES_MAX),
    ),
  ]);
  const { fitting } = fit(rows);
  const last = textOf(entries[fitting.length - 1]?.[0]);
  const isMore = fitting.length < rows.length || rows.length === ELEMENTS;
  return {
    page: { shape: "rows", columns: ["id", "fields"], rows: fitting, leftOut: 0 },
    length,
    ...(isMore && last !== undefined ? { next: last } : {}),
  };
}

/** A page of what has an order: what had no room begins the next one. */
function indexed(
  columns: readonly string[],
  rows: readonly (readonly CacheText[])[],
  from: number,
  length: number,
): ValuePage {
  const { fitting } = fit(rows);
  const end = from + fitting.length;
  return {
    page: { shape: "rows", columns, rows: fitting, leftOut: 0 },
    length,
    ...(end < length && fitting.length > 0 ? { next: String(end) } : {}),
  };
}

/** The rows that have room in an answer; always the first. */
function fit(rows: readonly (readonly CacheText[])[]) {
  const fitting: (readonly CacheText[])[] = [];
  let chars = 0;
  for (const row of rows) {
    chars += row.reduce((sum, { text }) => sum + text.length, 0);
    if (chars > PAGE_CHARS_MAX && fitting.length > 0) break;
    fitting.push(row);
  }
  return { fitting, leftOut: rows.length - fitting.length };
}

function shown(reply: Reply | undefined): CacheText {
  if (reply?.is === "bytes") return cacheText(reply.bytes.subarray(0, ELEMENT_BYTES_MAX), reply.length);
  return plain(reply?.is === "number" ? String(reply.value) : (textOf(reply) ?? ""));
}

function plain(text: string): CacheText {
  return { text, form: "text", bytes: Buffer.byteLength(text), isCut: false };
}

function pairsOf(items: readonly Reply[]): (readonly [Reply | undefined, Reply | undefined])[] {
  return Array.from({ length: Math.ceil(items.length / 2) }, (_, at) => [items[2 * at], items[2 * at + 1]]);
}

function readIndex(offset: string): number {
  const index = offset === "" ? 0 : Number(offset);
  if (/^\d*$/.test(offset) && Number.isSafeInteger(index)) return index;
  throw new RunError("BAD_REQUEST", "an offset is what came with the answer before");
}
