import type { SystemModel } from "../../../design/model.ts";
import type { Figure } from "../../figure.ts";
import { countText } from "../../report/figure-text.ts";
import type { ResolvedClass, ResolvedPart, ResolvedSystem } from "../../resolved-model.ts";
import { SECONDS_PER_DAY } from "../../theory/envelope/rates.ts";
import { visitsOf } from "../../visits.ts";
import { derivedFigure, givenFigure, statedFigure } from "../traffic/index.ts";

/** Records that are written to databases: how many, and how large. Pure. */

/** Records on a day: as stated, else one for each write that comes to a database. */
export function recordsOf({ requires }: SystemModel, resolved: ResolvedSystem): Figure | undefined {
  const stated = requires.data?.recordsPerDay;
  const itself = { id: "storage.records", title: "new records on a day", unit: "count" } as const;
  if (stated !== undefined) return givenFigure({ ...itself, value: stated }, "requires.data.recordsPerDay");
  const writing = writingTo(resolved, databasesIn(resolved));
  const perSecond = rateOf(writing);
  if (perSecond === 0) return undefined;
  return derivedFigure(
    { ...itself, value: perSecond * SECONDS_PER_DAY },
    {
      formula: "writes that come to a database × 86,400 s, a record each",
      filled: `${countText(perSecond)}/s (${writing.map(({ name }) => name).join(", ")}) × 86,400 s`,
      from: [{ id: "traffic.writes" }],
    },
  );
}

/** The size of one record. */
export function recordSize({ requires }: SystemModel): Figure {
  return statedFigure(
    { id: "storage.record", title: "one record, with its indexes", unit: "bytes" },
    requires.data?.recordBytes,
    "requires.data.recordSize",
    "data.body",
  );
}

/**
 * The databases that keep records, each with those of a day: one for each write that comes to it. Where the design states how many there
 * are, each keeps all of them, as nothing says which keeps what; and where no write comes to any, all databases do.
 */
export function recordsByStore(
  { requires }: SystemModel,
  resolved: ResolvedSystem,
): readonly { readonly store: ResolvedPart; readonly perDay: number }[] {
  const stated = requires.data?.recordsPerDay;
  const stores = databasesIn(resolved);
  const written = stores
    .map((store) => ({ store, perDay: rateOf(writingTo(resolved, [store])) * SECONDS_PER_DAY }))
    .filter(({ perDay }) => perDay > 0);
  if (stated === undefined) return written;
  const keeping = written.length > 0 ? written.map(({ store }) => store) : stores;
  return keeping.map((store) => ({ store, perDay: stated }));
}

export function databasesIn({ parts }: ResolvedSystem): readonly ResolvedPart[] {
  return parts.filter(({ kind }) => kind === "database");
}

/** The classes of writes that come to one of those. */
function writingTo({ classes }: ResolvedSystem, stores: readonly ResolvedPart[]): readonly ResolvedClass[] {
  return classes.filter(({ kind, way, perSecond }) => {
    if (kind !== "write" || perSecond === 0) return false;
    const visits = visitsOf(way);
    return stores.some(({ name }) => (visits.get(name) ?? 0) > 0);
  });
}

function rateOf(classes: readonly ResolvedClass[]): number {
  return classes.reduce((sum, { perSecond }) => sum + perSecond, 0);
}
