import type { DatabaseModel, SystemModel } from "../../../design/model.ts";
import type { Source } from "../../figure.ts";
import { countText, msText, shareText } from "../../report/figure-text.ts";

/** Of all disks, so many fail in a year. */
export const DISK_FAILURES_PER_YEAR = 0.0157;
/** Until a copy that was lost is there again, whole: detected, replaced and filled. */
export const REBUILD_MS = 86_400_000;

const YEAR_MS = 31_536_000_000;
const PUBLICATION =
  "Backblaze, “Drive Stats for 2024”: 1.57% of disks fail in a year; Patterson, Gibson and Katz, “A Case for Redundant Arrays of Inexpensive Disks” (1988) for copies that fail while one is rebuilt";

/** How much of what is acknowledged outlives a year in the store that keeps it worst. */
export interface Durability {
  readonly store: string;
  readonly copies: number;
  readonly backupEveryMs?: number;
  readonly durability: number;
  readonly source: Source;
}

/**
 * The durability of a design, as far as failing disks are concerned: data are lost when every copy fails before one of them is rebuilt,
 * and with a backup only what was written since the last. People who delete, and programs that do, are not in it. Undefined while a
 * database says nothing of copies and backups, and where there is no database. Pure.
 */
export function durabilityOf(model: SystemModel): Durability | undefined {
  const stores = databasesOf(model);
  if (stores.length === 0 || silentStores(model).length > 0) return undefined;
  return stores
    .map(durabilityOfStore)
    .reduce((worst, one) => (one.durability < worst.durability ? one : worst));
}

/** The databases of which the design says neither how many copies there are nor how often they are backed up. */
export function silentStores(model: SystemModel): readonly string[] {
  return databasesOf(model)
    .filter(({ plan }) => plan?.copies === undefined && plan?.backupEveryMs === undefined)
    .map(({ name }) => name);
}

export function databasesOf({ parts }: SystemModel): readonly DatabaseModel[] {
  return parts.filter((part) => part.kind === "database");
}

function durabilityOfStore({ name, plan }: DatabaseModel): Durability {
  const copies = plan?.copies ?? 1;
  const { backupEveryMs } = plan ?? {};
  const perYear = lossesPerYear(copies);
  // A write is at risk for a year, or until the next backup, which is half an interval away on average.
  const atRisk = backupEveryMs === undefined ? 1 : Math.min(1, backupEveryMs / 2 / YEAR_MS);
  const durability = Math.exp(-perYear * atRisk);
  return {
    store: name,
    copies,
    ...(backupEveryMs === undefined ? {} : { backupEveryMs }),
    durability,
    source: {
      kind: "derived",
      formula: "e^-(losses of all copies per year × share of a year in which a write has no backup)",
      filled: `${countText(copies)} ${copies === 1 ? "copy" : "copies"}, each lost ${DISK_FAILURES_PER_YEAR} times a year and back after ${msText(REBUILD_MS)}: all of them ${perYear.toExponential(2)} times a year; × ${Number(atRisk.toPrecision(3))} = ${shareText(durability)}`,
      inputs: [],
      publication: PUBLICATION,
    },
  };
}

/** How often all copies are lost: one fails, and each of the others before it is rebuilt. */
function lossesPerYear(copies: number): number {
  let perYear = copies * DISK_FAILURES_PER_YEAR;
  for (let left = copies - 1; left >= 1; left--)
    perYear *= 1 - Math.exp((-left * DISK_FAILURES_PER_YEAR * REBUILD_MS) / YEAR_MS);
  return perYear;
}
