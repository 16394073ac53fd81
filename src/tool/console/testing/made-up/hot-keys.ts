import type {
  CacheInfoAnswer,
  CacheKey,
  CacheKeysAnswer,
  CacheText,
  CacheValueAnswer,
} from "../../../control-api/index.ts";

/** A cache that is not there: keys of all types, among them those that someone with bad intentions would choose. */

const IMAGE = "89504e470d0a1a0a0000000d49484452000000100000001008060000001ff3ff61";
const HOSTILE = '<img src=x onerror="document.title=1">';

const ODD: readonly CacheKey[] = [
  { key: "session:8f3a", type: "hash", ttlMs: 1_790_000, bytes: 320 },
  { key: "recent", type: "list", bytes: 2_100 },
  { key: "tags:link", type: "set", ttlMs: 8_000, bytes: 480 },
  { key: "top:today", type: "zset", ttlMs: 41_000_000, bytes: 3_300 },
  { key: "clicks", type: "stream", bytes: 91_000 },
  { key: "logo", type: "string", bytes: 33 },
  { key: "settings", type: "string", bytes: 260 },
  { key: "vectors", type: "vectorset", bytes: 70_000 },
  { key: HOSTILE, type: "string", bytes: 90 },
  { key: "a\\x00\\xff\\xe2\\x80\\xaegpj", type: "string", bytes: 60 },
];

const LINKS: readonly CacheKey[] = Array.from({ length: 240 }, (_, at) => ({
  key: `link:${(at * 7_919 + 46_656).toString(36)}`,
  type: "string",
  ttlMs: 30_000 + ((at * 37_123) % 3_600_000),
  bytes: 72 + ((at * 13) % 60),
}));

const ALL = [...ODD, ...LINKS];

/** Answers as the view `cache-keys` of a cache does; undefined of a verb that it has not, and of a key that is not there. */
export function hotAnswer(verb: string, input: Readonly<Record<string, unknown>>): object | undefined {
  if (verb === "keys") return keysOf(String(input.pattern ?? "*"), Number(input.cursor ?? 0));
  if (verb === "value") return valueFor(String(input.key), Number(input.offset ?? 0));
  return verb === "info" ? INFO : undefined;
}

function keysOf(pattern: string, from: number): CacheKeysAnswer {
  const plain = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const fitting = ALL.filter(({ key }) => new RegExp(`^${plain}$`, "s").test(key));
  const end = from + 100;
  return {
    keys: fitting.slice(from, end),
    total: ALL.length,
    ...(end < fitting.length ? { cursor: String(end) } : {}),
  };
}

function valueFor(key: string, from: number): CacheValueAnswer | undefined {
  const found = ALL.find((one) => one.key === key);
  if (!found) return undefined;
  const rows = ROWS[key];
  if (rows) {
    const [columns, ...lines] = rows;
    const page = {
      shape: "rows",
      columns: columns ?? [],
      rows: lines.map((line) => line.map(shown)),
      leftOut: 0,
    } as const;
    return { ...found, encoding: "listpack", length: lines.length, page };
  }
  if (found.type === "vectorset") return { ...found, page: { shape: "unknown" } };
  if (key === "logo") {
    const value: CacheText = { text: IMAGE, form: "hex", bytes: IMAGE.length / 2, isCut: false };
    return { ...found, encoding: "raw", length: value.bytes, page: { shape: "text", from: 0, value } };
  }
  const text = TEXTS[key] ?? `https://example.com/articles/${key.slice(5)}?from=newsletter`;
  const piece = text.slice(from, from + 32_768);
  const end = from + piece.length;
  return {
    ...found,
    encoding: "embstr",
    length: text.length,
    page: {
      shape: "text",
      from,
      value: { ...shown(piece), bytes: text.length - from, isCut: end < text.length },
    },
    ...(end < text.length ? { next: String(end) } : {}),
  };
}

function shown(text: string): CacheText {
  return { text, form: "text", bytes: text.length, isCut: false };
}

const TEXTS: Readonly<Record<string, string>> = {
  settings:
    '{"limits":{"perMinute":60,"burst":20},"owner":12345678901234567890,"tags":["a","b",{"deep":[]}],"note":"\\u003cb\\u003e"}',
  [HOSTILE]: `<script>document.title = "owned"</script>\u202egpj.exe\u200b\u0007 ${"megabytes ".repeat(8_000)}`,
};

const ROWS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "session:8f3a": [
    ["field", "value"],
    ["user", "4211"],
    ["csrf", "9a1f…"],
    ["name", HOSTILE],
    ["cart", '{"items":[1,2]}'],
  ],
  recent: [
    ["index", "element"],
    ...Array.from({ length: 40 }, (_, at) => [String(at), `link:${(at * 7_919).toString(36)}`]),
  ],
  "tags:link": [["member"], ["news"], ["docs"], ["\u202esneaky"]],
  "top:today": [
    ["score", "member"],
    ["1", "link:a1"],
    ["204", "link:b7"],
    ["9321", "link:zz"],
  ],
  clicks: [
    ["id", "fields"],
    ["1772359200123-0", "code: a1\nagent: curl/8.5"],
    ["1772359200001-0", "code: b7\nagent: Mozilla/5.0"],
  ],
};

const INFO: CacheInfoAnswer = {
  figures: {
    version: "7.2.4",
    uptimeMs: 3_600_000,
    keys: ALL.length,
    expiring: LINKS.length + 3,
    hits: 981_204,
    misses: 21_110,
    memoryBytes: 41 * 2 ** 20,
    memoryBytesMax: 64 * 2 ** 20,
    policy: "allkeys-lru",
    clients: 4,
    commandsPerSecond: 412,
    evicted: 0,
    expired: 5_120,
  },
  sections: [
    {
      title: "Server",
      fields: [
        ["redis_version", "7.2.4"],
        ["uptime_in_seconds", "3600"],
      ],
    },
    {
      title: "Memory",
      fields: [
        ["used_memory", "42991616"],
        ["maxmemory_policy", "allkeys-lru"],
      ],
    },
    { title: "Keyspace", fields: [["db0", "keys=250,expires=243"]] },
  ],
};
