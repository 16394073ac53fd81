import type { SystemModel } from "../../../design/model.ts";
import type { Figure } from "../../figure.ts";
import { bytesText, countText, shareText } from "../../report/figure-text.ts";
import type { ResolvedSystem } from "../../resolved-model.ts";
import { yearsUntilExhausted } from "../../theory/envelope/id-space.ts";
import { DAYS_PER_YEAR, storedBytes } from "../../theory/envelope/volumes.ts";
import { derivedFigure, givenFigure, told } from "../traffic/index.ts";
import { recordSize, recordsByStore } from "./records.ts";

const DAY_MS = 86_400_000;

/** The disk of one copy of a database, beside what comes in. */
export interface DiskRoom {
  readonly store: string;
  readonly copies: number;
  /** Today, in each copy. */
  readonly bytesPerDay: number;
  /** What the retention required takes in each copy, growth counted; 0 where none is required. */
  readonly neededBytes: number;
  /** Absent while the design does not state it, as is the time. */
  readonly diskBytes?: number;
  /** Until the disk is full, when it is empty today; Infinity where it never is. */
  readonly fullAfterMs?: number;
}

/** The disk of each database that keeps records, in the order of the design. Pure. */
export function diskRooms(model: SystemModel, resolved: ResolvedSystem): readonly DiskRoom[] {
  const { retentionMs = 0, growthPerYear = 0 } = model.requires;
  const { value: recordBytes } = recordSize(model);
  return recordsByStore(model, resolved).map(({ store: { name, copies, diskBytes }, perDay }): DiskRoom => {
    const bytesPerDay = perDay * recordBytes;
    const neededBytes = storedBytes({ bytesPerDay, days: retentionMs / DAY_MS, growthPerYear });
    const room = { store: name, copies, bytesPerDay, neededBytes };
    if (diskBytes === undefined) return room;
    const years = yearsUntilExhausted({ names: diskBytes, perDay: bytesPerDay, growthPerYear });
    return { ...room, diskBytes, fullAfterMs: years * DAYS_PER_YEAR * DAY_MS };
  });
}

/** A disk of which it is known when it is full. */
export type KnownRoom = DiskRoom & Required<Pick<DiskRoom, "diskBytes" | "fullAfterMs">>;

/** The disk that is full first; undefined while one is not stated, or nothing says how large a record is. */
export function tightestRoom(model: SystemModel, resolved: ResolvedSystem): KnownRoom | undefined {
  if (model.requires.data?.recordBytes === undefined) return undefined;
  const rooms = diskRooms(model, resolved);
  const known = rooms.filter(isKnown);
  if (known.length < rooms.length) return undefined;
  return known.reduce<KnownRoom | undefined>(
    (least, one) => (least === undefined || one.fullAfterMs < least.fullAfterMs ? one : least),
    undefined,
  );
}

function isKnown(room: DiskRoom): room is KnownRoom {
  return room.diskBytes !== undefined && room.fullAfterMs !== undefined;
}

/** `retention`: when the disk is full that is full first, with what makes it so. None while that is not known, or where it never is. */
export function diskFigures(model: SystemModel, resolved: ResolvedSystem): readonly Figure[] {
  const room = tightestRoom(model, resolved);
  if (room === undefined || !Number.isFinite(room.fullAfterMs)) return [];
  const { store, diskBytes, bytesPerDay, fullAfterMs } = room;
  const { growthPerYear = 0 } = model.requires;
  const disk = givenFigure(
    told(`${store}.disk`, `disk of each copy of ${store}`, diskBytes, "bytes"),
    `${store}.plan.disk`,
  );
  const itself = told("retention", `until the disk of ${store} is full`, fullAfterMs, "ms");
  const daily = `${bytesText(bytesPerDay)}/day`;
  const from = [disk, { id: "storage.day" }];
  if (growthPerYear === 0)
    return [
      disk,
      derivedFigure(itself, {
        formula: "disk of a copy / new data of a day",
        filled: `${bytesText(diskBytes)} / ${daily}`,
        from,
      }),
    ];
  const rate = countText(Math.log1p(growthPerYear));
  return [
    disk,
    derivedFigure(itself, {
      formula:
        "ln(1 + disk of a copy × ln(1 + g) / (new data of a day × 365)) / ln(1 + g) years, with growth g",
      filled: `ln(1 + ${bytesText(diskBytes)} × ${rate} / (${daily} × 365)) / ${rate} (${shareText(growthPerYear)} a year)`,
      from: [...from, { id: "traffic.growth" }],
    }),
  ];
}
