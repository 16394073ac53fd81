import type { SystemModel } from "../../../design/model.ts";
import { defaultOf } from "../../defaults/index.ts";
import type { Figure } from "../../figure.ts";
import { bytesText, countText, shareText } from "../../report/figure-text.ts";
import type { ResolvedClass, ResolvedPart, ResolvedSystem, Stay } from "../../resolved-model.ts";
import { SECONDS_PER_DAY } from "../../theory/envelope/rates.ts";
import { stayVisits } from "../../visits.ts";
import { derivedFigure, told } from "../traffic/index.ts";

/**
 * Of each cache, what it has room for, what it answers, and what a day's reads would need of it: `NAME.items`, `NAME.hit-ratio`,
 * `NAME.working-set`. Pure.
 */
export function cacheFigures(model: SystemModel, { parts, classes }: ResolvedSystem): readonly Figure[] {
  // Keys that a plan takes for granted are as many as this share makes of the reads: they bound nothing.
  const stated = new Set(model.requests?.flatMap(({ name, keys }) => (keys === undefined ? [] : [name])));
  const asking = classes.map(({ keys, ...one }) =>
    keys !== undefined && stated.has(one.name) ? { ...one, keys } : one,
  );
  return parts.flatMap((part) => (part.cache ? figuresOf(part, part.cache, asking) : []));
}

function figuresOf(
  { name, sources }: ResolvedPart,
  cache: NonNullable<ResolvedPart["cache"]>,
  classes: readonly ResolvedClass[],
): readonly Figure[] {
  const sourced = [
    {
      ...told(`${name}.memory`, `memory of ${name}`, cache.memoryBytes, "bytes"),
      source: sources.memoryBytes,
    },
    { ...told(`${name}.item`, `an item of ${name}`, cache.itemBytes, "bytes"), source: sources.itemBytes },
    {
      ...told(`${name}.items`, `items that ${name} has room for`, cache.items, "count"),
      source: sources.items,
    },
    {
      ...told(`${name}.hit-ratio`, `reads that ${name} answers`, cache.hitRatio, "share"),
      source: sources.hitRatio,
    },
  ].flatMap(({ source, ...rest }): Figure[] => (source === undefined ? [] : [{ ...rest, source }]));
  return [...sourced, ...workingSetFigures(name, cache.itemBytes, classes)];
}

/** Different things among a day's reads, which a cache has to hold to answer nearly all of them. */
function workingSetFigures(
  name: string,
  itemBytes: number,
  classes: readonly ResolvedClass[],
): readonly Figure[] {
  const unique = defaultOf("traffic.unique");
  const populations = new Map<string, { reads: number; things: number }>();
  for (const { kind, perSecond, keys, way } of classes) {
    const reads = kind === "read" ? perSecond * SECONDS_PER_DAY * asksOf(way, name) : 0;
    if (reads === 0) continue;
    // Classes that ask for the same things share them.
    const population = keys === undefined ? "" : `${keys.count} ${keys.skew}`;
    const known = populations.get(population) ?? { reads: 0, things: keys?.count ?? Infinity };
    populations.set(population, { ...known, reads: known.reads + reads });
  }
  const reads = [...populations.values()].reduce((sum, one) => sum + one.reads, 0);
  if (reads === 0) return [];
  const items = [...populations.values()].reduce(
    (sum, one) => sum + Math.min(one.things, one.reads * unique.value),
    0,
  );
  const share: Figure = {
    id: `${name}.unique`,
    title: `different things among a day's reads of ${name}`,
    unit: "share",
    ...unique,
  };
  // Things are counted whole.
  const isAll = items < reads * unique.value - populations.size;
  const filled = isAll
    ? `${countText(items)} things, all that there are`
    : `${countText(reads)} × ${shareText(unique.value)}`;
  return [
    share,
    derivedFigure(
      told(`${name}.working-set`, `memory for what a day asks ${name} for`, items * itemBytes, "bytes"),
      {
        formula: "a day's reads × share of different things × size of an item",
        filled: `${filled} × ${bytesText(itemBytes)}`,
        from: [{ id: "traffic.reads" }, share, { id: `${name}.item` }],
      },
    ),
  ];
}

/** How often a request asks a cache, without what is put there after a miss. */
function asksOf(way: Stay, cache: string): number {
  let asks = 0;
  for (const [{ calls }, visits] of stayVisits(way)) {
    for (const { to, times, share, onMissOf } of calls)
      if (to.part === cache && onMissOf !== cache) asks += visits * times * share;
  }
  return asks;
}
