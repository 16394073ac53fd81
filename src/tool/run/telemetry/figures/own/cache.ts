import type { OwnFigure } from "../../../../control-api/index.ts";
import type { CacheModel } from "../../../../design/model.ts";
import { MINUTE_MS, reported } from "../windows.ts";
import type { OwnSources } from "./own-sources.ts";

/** Of a cache: its hit ratio over the last minute, its memory of what it may have, its keys, and what it had to drop. */
export function cacheFigures({ model, reader, nowMs }: OwnSources<CacheModel>): OwnFigure[] {
  const part = model.name;
  const hitsOf = { name: "redis.keyspace.hits", part };
  const { fromMs, toMs } = reported(reader, hitsOf, nowMs, MINUTE_MS);
  const hits = reader.increase(hitsOf, fromMs, toMs);
  const misses = reader.increase({ name: "redis.keyspace.misses", part }, fromMs, toMs);
  const used = reader.last({ name: "redis.memory.used", part });
  const keys = reader.last({ name: "redis.db.keys", part });
  const evicted = reader.increase({ name: "redis.keys.evicted", part }, fromMs, toMs);

  const figures: OwnFigure[] = [];
  if (hits + misses > 0) figures.push({ label: "hit ratio", value: hits / (hits + misses), unit: "share" });
  if (used !== undefined) {
    // What an outside cache may have is not ours to say.
    const isBounded = model.url === undefined && model.memoryBytes > 0;
    figures.push(
      isBounded
        ? { label: "memory used", value: used / model.memoryBytes, unit: "share" }
        : { label: "memory used", value: used, unit: "bytes" },
    );
  }
  if (keys !== undefined) figures.push({ label: "keys", value: keys, unit: "count" });
  if (evicted > 0) {
    const perSecond = (evicted * 1_000) / MINUTE_MS;
    figures.push({ label: "evictions", value: perSecond, unit: "per-second" });
  }
  return figures;
}
