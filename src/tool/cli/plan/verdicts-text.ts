import {
  boundText,
  contradictionsOf,
  marginText,
  orderedRequirements,
  type PlanAnswer,
  peakOf,
  type RequirementAnswer,
  rateText,
  requirementText,
  setsOf,
  valueText,
  verdictText,
} from "../../plan/index.ts";
import type { Style } from "../paint.ts";
import { padEnd, widthOf } from "../text.ts";
import { type Sheet, wrapped } from "./sheet.ts";

const STATES: Readonly<Record<RequirementAnswer["state"], { mark: string; word: string; style: Style }>> = {
  holds: { mark: "✔", word: "holds", style: "green" },
  fails: { mark: "✖", word: "FAILS", style: "red" },
  unknown: { mark: "?", word: "open", style: "yellow" },
};

/** The mark of a state, which says it without colour. */
export function stateMark(state: RequirementAnswer["state"], { paint }: Sheet): string {
  const { mark, style } = STATES[state];
  return paint(style, mark);
}

/** The verdict in a line, then what it is about. `file` is the design's as a person would write it. */
export function verdictLines(answer: PlanAnswer, file: string, sheet: Sheet): string[] {
  const { state, sentence } = verdictText(answer);
  const { paint } = sheet;
  const peak = peakOf(answer);
  const facts = [
    file,
    ...(peak > 0 ? [`peak ${rateText(peak)}`] : []),
    ...(answer.pricePerMonth === undefined ? [] : [valueText(answer.pricePerMonth, "price-per-month")]),
  ];
  const doubts = contradictionsOf(answer).flatMap((one) =>
    wrapped(one, sheet.columns - 2).map((line, at) => `${at === 0 ? paint("yellow", "! ") : "  "}${line}`),
  );
  return [
    `${stateMark(state, sheet)} ${paint("bold", sentence)}`,
    ...doubts,
    `  ${paint("dim", facts.join(" · "))}`,
  ];
}

/** Each requirement: what is predicted beside what is asked, why, until when, and what mends it. Those that fail come first. */
export function requirementLines(answer: PlanAnswer, sheet: Sheet): string[] {
  const all = orderedRequirements(answer);
  const titles = Math.max(0, ...all.map(({ title }) => widthOf(title)));
  const values = Math.max(0, ...all.map((one) => widthOf(requirementText(one.predicted, one))));
  return all.flatMap((one, index) => [
    ...(index === 0 ? [] : [""]),
    ...oneRequirement(one, { titles, values }, sheet),
  ]);
}

const WORD_COLUMNS = 9;

function oneRequirement(
  one: RequirementAnswer,
  { titles, values }: { titles: number; values: number },
  { columns, paint }: Sheet,
): string[] {
  const { mark, word, style } = STATES[one.state];
  const margin = marginText(one);
  const head = [
    padEnd(paint(style, `${mark} ${word}`), WORD_COLUMNS - 2),
    paint("bold", padEnd(one.title, titles)),
    padEnd(requirementText(one.predicted, one), values),
    boundText(one),
  ].join("  ");
  // Beside the bound if there is room, else below it.
  const fits = margin !== undefined && widthOf(head) + widthOf(margin) + 5 <= columns;
  const below = [
    ...(margin === undefined || fits ? [] : [[margin]]),
    wrapped(one.sentence, columns - WORD_COLUMNS - 2),
  ].flat();
  const indent = " ".repeat(WORD_COLUMNS);
  return [
    fits ? `${head}  ${paint("dim", `· ${margin}`)}` : head,
    // What fails is to be read; what holds may stand back.
    ...below.map((line) => indent + (one.state === "fails" ? line : paint("dim", line))),
    ...mendLines(one, columns - WORD_COLUMNS - 2).map((line) => indent + paint("cyan", line)),
  ];
}

/** What would mend it, as it is typed; where several settings are needed they may take several lines. */
function mendLines({ mend, unit }: RequirementAnswer, width: number): string[] {
  if (mend === undefined) return [];
  const { predicted, pricePerMonth } = mend;
  const price = pricePerMonth === undefined ? "" : `, ${valueText(pricePerMonth, "price-per-month")}`;
  const pieces = [
    ...setsOf(mend).map((set) => `--set ${quoted(set)}`),
    `→ ${valueText(predicted, unit)}${price}`,
  ];
  const lines: string[] = [];
  let line = "Mend:";
  for (const piece of pieces) {
    if (widthOf(line) + 1 + widthOf(piece) > width && line !== "Mend:") {
      lines.push(line);
      line = `      ${piece}`;
    } else line = `${line} ${piece}`;
  }
  return [...lines, line];
}

/** As a shell takes it for one word. */
function quoted(set: string): string {
  return /^[\w.=%[\]:/-]+$/.test(set) && !/[[\]]/.test(set) ? set : `'${set.replaceAll("'", "'\\''")}'`;
}
