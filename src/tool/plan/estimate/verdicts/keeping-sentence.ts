import type { SystemModel } from "../../../design/model.ts";
import { defaultOf } from "../../defaults/index.ts";
import { bytesText, countText, msText, shareText } from "../../report/figure-text.ts";
import type { Outlook } from "../outlook.ts";
import { type DiskRoom, diskRooms, type KnownRoom, tightestRoom } from "../storage/index.ts";
import { type Durability, databasesOf, REBUILD_MS, silentStores } from "./durability.ts";
import { listed, sentence } from "./phrases.ts";

/** Sentences on what is kept. Pure. */

/** Says how much of what is written outlives a year, or what has to be stated before that can be known. */
export function durabilitySentence(
  model: SystemModel,
  required: number,
  known: Durability | undefined,
): string {
  if (known !== undefined) return knownSentence(known, required);
  const silent = silentStores(model);
  if (databasesOf(model).length === 0)
    return "No part of the design keeps data on disk, and what services keep themselves is not known.";
  const [first = ""] = silent;
  const state =
    silent.length > 1
      ? "state plan.copies or plan.backupEvery of each"
      : `state ${first}.plan.copies or ${first}.plan.backupEvery`;
  return sentence(
    `that cannot be known, as nothing says how many copies of ${listed(silent)} there are, nor how often ${silent.length > 1 ? "they are" : "it is"} backed up: ${state}`,
  );
}

function knownSentence({ store, copies, backupEveryMs, durability }: Durability, required: number): string {
  const holds = durability >= required - 1e-12;
  const losing =
    copies === 1
      ? "it is lost when its one disk fails"
      : `it is lost when ${copies === 2 ? "both" : `all ${countText(copies)}`} copies fail within ${msText(REBUILD_MS)} of each other`;
  const since =
    backupEveryMs === undefined
      ? ""
      : `, and then only what was written in the last ${msText(backupEveryMs)}`;
  return sentence(
    `${holds ? "" : "only "}${shareText(durability)} of what is written to ${store} outlives a year, and ${shareText(required)} are required: ${losing}${since}`,
  );
}

/** Says when the disk is full of the store that keeps what is required, or what has to be stated before that can be known. */
export function retentionSentence(
  { model, resolved }: Outlook,
  requiredMs: number,
  keptBytes: number | undefined,
): string {
  if (databasesOf(model).length === 0)
    return sentence(`no part of the design keeps data on disk: where would ${msText(requiredMs)} of them be`);
  if (keptBytes === undefined)
    return sentence(
      `nothing that comes in is written to a database, so that how much ${msText(requiredMs)} of data are is not known: state requires.data.recordsPerDay`,
    );
  const room = tightestRoom(model, resolved);
  if (room !== undefined) return roomSentence(room, requiredMs, model.requires.growthPerYear);
  const rooms = diskRooms(model, resolved);
  const silent = rooms.filter(({ diskBytes }) => diskBytes === undefined);
  const each = (silent.length > 0 ? silent : rooms).map(
    ({ store, copies, neededBytes }) =>
      `${bytesText(neededBytes)} of disk ${copies > 1 ? "in each copy of" : "at"} ${store}`,
  );
  const takes = `${msText(requiredMs)} of data take ${listed(each)}`;
  const { value } = defaultOf("data.body");
  const size =
    model.requires.data?.recordBytes === undefined
      ? `, if a record takes ${bytesText(value)}: state requires.data.recordSize`
      : "";
  return `${sentence(`${takes}${size}`)}${silent.length > 0 ? ` ${unstated(silent)}` : ""}`;
}

function unstated(silent: readonly DiskRoom[]): string {
  const places = silent.map(({ store }) => `${store}.plan.disk`);
  return sentence(
    `whether ${silent.length > 1 ? "there is" : "it has"} so much, nothing says: state ${listed(places)}`,
  );
}

function roomSentence(room: KnownRoom, requiredMs: number, growthPerYear = 0): string {
  const { store, copies, bytesPerDay, diskBytes, fullAfterMs, neededBytes } = room;
  const holds = fullAfterMs >= requiredMs * (1 - 1e-12);
  const growth =
    growthPerYear === 0
      ? ""
      : `, and ${shareText(Math.abs(growthPerYear))} ${growthPerYear < 0 ? "less" : "more"} each year`;
  const comes = `${bytesText(bytesPerDay)} a day is written to ${copies > 1 ? "each copy of " : ""}${store}${growth}`;
  const full = Number.isFinite(fullAfterMs)
    ? `is full after ${holds ? "" : "only "}${msText(fullAfterMs)}`
    : "is never full";
  return sentence(
    `${comes}: its disk of ${bytesText(diskBytes)} ${full}, and ${msText(requiredMs)} are required, which take ${bytesText(neededBytes)}`,
  );
}
