import type { CacheFigures, CacheInfoAnswer } from "../../../control-api/index.ts";
import type { ViewTarget } from "../engine-view.ts";
import { readFields } from "../fields.ts";
import { withCache } from "./cache-connection.ts";
import { textOf } from "./replies.ts";

const SECTIONS_MAX = 40;
const FIELDS_MAX = 400;

/** Answers `info`: what the server says of itself. */
export async function infoVerb(target: ViewTarget, input: unknown): Promise<CacheInfoAnswer> {
  readFields(input, []);
  return await withCache(target, async (cache) =>
    infoIn(textOf(await cache.one("INFO")) ?? "", databaseOf(target)),
  );
}

/** Which database the URL names; 0 when it names none. */
function databaseOf({ url }: ViewTarget): number {
  return Number(/\/(\d+)$/.exec(URL.parse(url ?? "")?.pathname ?? "")?.[1] ?? 0);
}

/** Reads the answer to `INFO`: `# Section` lines, and `field:value` below them. */
export function infoIn(text: string, database = 0): CacheInfoAnswer {
  const sections: { title: string; fields: [string, string][] }[] = [];
  const all = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith("#")) {
      if (sections.length < SECTIONS_MAX) sections.push({ title: line.slice(1).trim(), fields: [] });
      continue;
    }
    const colon = line.indexOf(":");
    if (colon <= 0 || all.size >= FIELDS_MAX) continue;
    if (sections.length === 0) sections.push({ title: "", fields: [] });
    const field: [string, string] = [line.slice(0, colon), line.slice(colon + 1)];
    sections.at(-1)?.fields.push(field);
    all.set(...field);
  }
  return { figures: figuresIn(all, database), sections: sections.filter(({ fields }) => fields.length > 0) };
}

function figuresIn(fields: ReadonlyMap<string, string>, database: number): CacheFigures {
  const number = (name: string) => {
    const value = Number(fields.get(name) ?? Number.NaN);
    return Number.isFinite(value) ? value : undefined;
  };
  const uptimeSeconds = number("uptime_in_seconds");
  const keyspace = new Map(
    (fields.get(`db${database}`) ?? "").split(",").map((pair) => pair.split("=", 2) as [string, string]),
  );
  const said: Record<string, string | number | undefined> = {
    version: fields.get("valkey_version") ?? fields.get("redis_version"),
    uptimeMs: uptimeSeconds === undefined ? undefined : uptimeSeconds * 1_000,
    // A database without keys is not listed.
    keys: Number(keyspace.get("keys") ?? 0),
    expiring: Number(keyspace.get("expires") ?? 0),
    hits: number("keyspace_hits"),
    misses: number("keyspace_misses"),
    memoryBytes: number("used_memory"),
    memoryBytesMax: number("maxmemory") || undefined,
    policy: fields.get("maxmemory_policy"),
    clients: number("connected_clients"),
    commandsPerSecond: number("instantaneous_ops_per_sec"),
    evicted: number("evicted_keys"),
    expired: number("expired_keys"),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}
