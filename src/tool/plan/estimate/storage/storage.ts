import type { SystemModel } from "../../../design/model.ts";
import type { RequestClassModel } from "../../../design/plan-model.ts";
import type { Figure } from "../../figure.ts";
import { bytesText, countText, figureText, msText, shareText } from "../../report/figure-text.ts";
import type { ResolvedPart, ResolvedSystem } from "../../resolved-model.ts";
import { codeLength, codesOf } from "../../theory/envelope/id-space.ts";
import { SECONDS_PER_DAY } from "../../theory/envelope/rates.ts";
import { DAYS_PER_YEAR, storedBytes } from "../../theory/envelope/volumes.ts";
import { derivedFigure, givenFigure, told } from "../traffic/index.ts";
import { diskFigures } from "./disk-room.ts";
import { databasesIn, recordSize, recordsOf } from "./records.ts";

/**
 * What a design stores, with every step from what it states: `storage.day`, `storage.year`, `storage.retention` with all copies and growth,
 * when disks are full, and the letters of its codes. None where nothing is stored. Pure.
 */
export function storageFigures(model: SystemModel, resolved: ResolvedSystem): readonly Figure[] {
  const records = recordsOf(model, resolved);
  if (records === undefined) return [];
  const size = recordSize(model);
  const { value: bytesPerDay } = size;
  const day = derivedFigure(
    told("storage.day", "new data of a day, one copy", records.value * bytesPerDay, "bytes-per-day"),
    {
      formula: "records a day × size of a record",
      filled: `${countText(records.value)} × ${bytesText(size.value)}`,
      from: [records, size],
    },
  );
  const copies = copiesOf(resolved);
  const growth = growthOf(model);
  const kept = keptFigures({ day, copies, growth }, model.requires.retentionMs);
  return [
    records,
    size,
    day,
    copies,
    ...(growth ? [growth] : []),
    ...kept,
    ...diskFigures(model, resolved),
    ...codeFigures(model, records),
  ];
}

/** Bytes that the retention required comes to, all copies together; undefined where none is required, or nothing is stored. */
export function keptBytes(model: SystemModel, resolved: ResolvedSystem): number | undefined {
  return storageFigures(model, resolved).find(({ id }) => id === "storage.retention")?.value;
}

/** Copies of a record: those of the database that keeps most. */
function copiesOf(resolved: ResolvedSystem): Figure {
  const most = databasesIn(resolved).reduce<ResolvedPart | undefined>(
    (best, part) => (best === undefined || part.copies > best.copies ? part : best),
    undefined,
  );
  const { name = "", copies: value = 1, sources = {} } = most ?? {};
  const source = sources.copies ?? {
    kind: "default",
    of: "1 unless the design says more",
    publication: "Trestle, docs/design-language.md",
  };
  const title = most === undefined ? "copies of a record" : `copies of what ${name} keeps`;
  return { id: "storage.copies", title, value, unit: "count", source };
}

function growthOf({ requires }: SystemModel): Figure | undefined {
  const { growthPerYear } = requires;
  if (growthPerYear === undefined || growthPerYear === 0) return undefined;
  const itself = told("traffic.growth", "growth of traffic in a year", growthPerYear, "share");
  return givenFigure(itself, "requires.growthPerYear");
}

interface Stored {
  readonly day: Figure;
  readonly copies: Figure;
  readonly growth: Figure | undefined;
}

function keptFigures(stored: Stored, retentionMs: number | undefined): readonly Figure[] {
  const year = keptFigure(stored, DAYS_PER_YEAR, "storage.year", "stored in the first year, all copies");
  if (retentionMs === undefined) return [year];
  const retention = givenFigure(
    told("retention.required", "how long records are to be kept", retentionMs, "ms"),
    "requires.retention",
  );
  const days = retentionMs / (SECONDS_PER_DAY * 1_000);
  const kept = keptFigure(stored, days, "storage.retention", "stored when all is kept, all copies", [
    retention,
  ]);
  return [year, retention, kept];
}

function keptFigure(
  { day, copies, growth }: Stored,
  days: number,
  id: string,
  title: string,
  more: readonly Figure[] = [],
): Figure {
  const growthPerYear = growth?.value ?? 0;
  const value = storedBytes({ bytesPerDay: day.value, days, copies: copies.value, growthPerYear });
  // What growth makes of the days: as many more as it has of data.
  const grown = storedBytes({ bytesPerDay: 1, days, growthPerYear }) / days;
  const factor = growth === undefined ? "" : ` × ${countText(grown)}`;
  const span =
    days % DAYS_PER_YEAR === 0 ? `${countText(days)} days` : msText(days * SECONDS_PER_DAY * 1_000);
  return derivedFigure(told(id, title, value, "bytes"), {
    formula: growth
      ? "new data of a day × days × copies × what growth makes of it, ((1 + g)^years - 1) / (years × ln(1 + g))"
      : "new data of a day × days × copies",
    filled: `${figureText(day)} × ${span} × ${countText(copies.value)}${factor}${growth ? ` (${shareText(growthPerYear)} a year)` : ""}`,
    from: [day, ...more, copies, ...(growth ? [growth] : [])],
  });
}

/** Letters of which codes are made in addresses: a to z, A to Z, 0 to 9. */
const ALPHABET = 62;

/** Parameters of a path that stand for a code that the system gives out. */
const CODE = /:(?:code|slug|short|alias|token)(?:\/|$)/i;

/** How long codes have to be for every record that is kept to have one; only where the design asks for things by a code. */
function codeFigures({ requests = [], requires }: SystemModel, records: Figure): readonly Figure[] {
  const { retentionMs, growthPerYear = 0 } = requires;
  const asked = requests.find(({ path }: RequestClassModel) => CODE.test(path));
  if (asked === undefined || retentionMs === undefined) return [];
  const days = retentionMs / (SECONDS_PER_DAY * 1_000);
  const kept = storedBytes({ bytesPerDay: records.value, days, growthPerYear });
  const value = codeLength(kept, ALPHABET);
  const names = codesOf(ALPHABET, value);
  return [
    derivedFigure(told("ids.letters", `letters that a code of ${asked.path} needs`, value, "count"), {
      formula: "the least n of which 62^n is at least the number of records kept",
      filled: `62^${value} is ${countText(names)}, for ${countText(kept)} records; n`,
      from: [records],
    }),
  ];
}
