import type { SystemModel } from "../../../design/model.ts";
import { defaultOf } from "../../defaults/index.ts";
import { bytesText, countText, msText, shareText } from "../../report/figure-text.ts";
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

/** Says how much has to be kept, which the disks of a design do not say they can. */
export function retentionSentence(
  model: SystemModel,
  requiredMs: number,
  keptBytes: number | undefined,
): string {
  const stores = databasesOf(model).map(({ name }) => name);
  if (stores.length === 0)
    return sentence(`no part of the design keeps data on disk: where would ${msText(requiredMs)} of them be`);
  const disk = sentence(
    `whether ${listed(stores)} ${stores.length > 1 ? "have" : "has"} so much disk, nothing says`,
  );
  if (keptBytes === undefined)
    return sentence(
      `nothing that comes in is written to a database, so that how much ${msText(requiredMs)} of data are is not known: state requires.data.recordsPerDay`,
    );
  const takes = `${msText(requiredMs)} of data take ${bytesText(keptBytes)} of disk, all copies together`;
  if (model.requires.data?.recordBytes !== undefined) return `${sentence(takes)} ${disk}`;
  const { value } = defaultOf("data.body");
  return `${sentence(`${takes}, if a record takes ${bytesText(value)}: state requires.data.recordSize`)} ${disk}`;
}
