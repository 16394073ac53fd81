import {
  countText,
  msText,
  type PartAnswer,
  type PlanAnswer,
  rateText,
  shareText,
} from "../../plan/index.ts";
import type { Paint, Style } from "../paint.ts";
import { padEnd, padStart } from "../text.ts";
import { bar } from "./bars.ts";
import { fittingTable } from "./fitting-table.ts";
import type { Sheet } from "./sheet.ts";

const BAR_COLUMNS = 8;

/** The parts at the peak: how many there are and have to be, how busy, how long one waits there, how often they are down, what they cost. */
export function partLines({ parts }: PlanAnswer, { columns, paint }: Sheet): string[] {
  const rows = parts.map((part) => [
    part.name,
    part.kind,
    replicasText(part, paint),
    rateText(part.perSecond),
    busyText(part.utilisation, paint),
    msText(part.meanWaitMs),
    part.hitRatio === undefined ? "" : shareText(part.hitRatio),
    shareText(part.availability),
    part.lossShare > 0 ? shareText(part.lossShare) : "",
    part.pricePerMonth === undefined ? "" : countText(part.pricePerMonth),
  ]);
  const table = fittingTable(
    [
      { title: "PART", least: 10 },
      { title: "KIND", drop: 4 },
      { title: "REPLICAS", align: "right" },
      { title: "LOAD", align: "right" },
      { title: "BUSY" },
      { title: "WAIT", align: "right" },
      { title: "HITS", align: "right", drop: 3 },
      { title: "UP", align: "right" },
      { title: "OF LOSS", align: "right", drop: 2 },
      { title: "COST", align: "right" },
    ],
    rows,
    columns - 2,
  );
  return parts.some(isOtherThanNeeded) ? [...table, paint("dim", ARROW_TOLD)] : table;
}

const ARROW_TOLD = "Replicas: how many there are → how many the requirements need.";

/** How busy, as a bar and a number; the sign says in words' stead that it is too much. */
export function busyText(utilisation: number, paint: Paint): string {
  const style: Style = utilisation >= 1 ? "red" : utilisation >= 0.8 ? "yellow" : "green";
  const sign = utilisation >= 1 ? "!" : " ";
  const text = padStart(shareText(Number(utilisation.toPrecision(2))), 4);
  return `${paint(style, padEnd(bar(utilisation, BAR_COLUMNS), BAR_COLUMNS))} ${text}${sign}`;
}

function isOtherThanNeeded({ replicas, replicasNeeded = replicas }: PartAnswer): boolean {
  return replicasNeeded !== replicas;
}

function replicasText(part: PartAnswer, paint: Paint): string {
  const { replicas, replicasNeeded = replicas } = part;
  if (!isOtherThanNeeded(part)) return `${replicas}`;
  const text = `${replicas} → ${replicasNeeded}`;
  return replicasNeeded > replicas ? paint("red", text) : paint("dim", text);
}
