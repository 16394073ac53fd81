import {
  type Direction,
  type PlanDifference,
  type RequirementAnswer,
  type RequirementSide,
  settingText,
  UNKNOWN,
  valueText,
} from "../../plan/index.ts";
import type { Style } from "../paint.ts";
import { findingLines } from "./findings-text.ts";
import { fittingTable } from "./fitting-table.ts";
import { type Sheet, section } from "./sheet.ts";
import { stateMark } from "./verdicts-text.ts";

const STYLES: Readonly<Record<Direction, Style>> = {
  better: "green",
  worse: "red",
  changed: "dim",
  same: "dim",
  new: "cyan",
  gone: "cyan",
};

/** What became of the requirements as a whole: before, then after. */
const TURNS: Readonly<
  Record<RequirementAnswer["state"], Readonly<Record<RequirementAnswer["state"], string>>>
> = {
  holds: {
    holds: "still holds its requirements",
    fails: "no longer holds its requirements",
    unknown: "held its requirements, which are open now",
  },
  fails: {
    holds: "holds its requirements now",
    fails: "still does not hold its requirements",
    unknown: "did not hold its requirements, which are open now",
  },
  unknown: {
    holds: "holds its requirements, which were open",
    fails: "does not hold its requirements, which were open",
    unknown: "leaves its requirements open, as before",
  },
};

/** What a change does, for a person: the verdicts, requirements, what else moves, and findings. */
export function differenceLines(difference: PlanDifference, system: string, sheet: Sheet): string[] {
  const { revision, verdict, figures, settings, findings } = difference;
  const { paint } = sheet;
  const sentence = `${system} ${TURNS[verdict.before][verdict.after]}`;
  const since = `against ${revision.name} (${revision.commit.slice(0, 10)})`;
  return [
    `${stateMark(verdict.after, sheet)} ${paint("bold", sentence)}`,
    `  ${paint("dim", since)}`,
    ...section("Requirements", requirementRows(difference, sheet), sheet),
    ...section(
      "What else changes",
      figures.length > 0 ? figureRows(difference, sheet) : ["nothing of load, times, availability and price"],
      sheet,
    ),
    ...section("The design says otherwise", settings.length > 0 ? settingRows(difference, sheet) : [], sheet),
    ...section(
      "New findings",
      findings.appeared.length > 0 ? findingLines(findings.appeared, sheet) : [],
      sheet,
    ),
    ...section(
      "Findings that are gone",
      findings.gone.map(({ title, place }) => `${title} ${paint("dim", `(${place})`)}`),
      sheet,
    ),
  ];
}

function requirementRows({ requirements }: PlanDifference, sheet: Sheet): string[] {
  const side = (one: RequirementSide | undefined, unit: (typeof requirements)[number]["unit"]) =>
    one === undefined ? UNKNOWN : `${valueText(one.predicted, unit)} ${stateMark(one.state, sheet)}`;
  return fittingTable(
    [
      { title: "REQUIREMENT", least: 12 },
      { title: "ASKED", align: "right" },
      { title: "BEFORE", align: "right" },
      { title: "AFTER", align: "right" },
      { title: "" },
    ],
    requirements.map(({ title, unit, bound, before, after, direction }) => {
      const asked = (after ?? before)?.required;
      return [
        title,
        `${bound === "at-most" ? "≤" : "≥"} ${valueText(asked, unit)}`,
        side(before, unit),
        side(after, unit),
        sheet.paint(STYLES[direction], direction),
      ];
    }),
    sheet.columns - 2,
  );
}

function figureRows({ figures }: PlanDifference, sheet: Sheet): string[] {
  return fittingTable(
    [
      { title: "OF", least: 12 },
      { title: "WHAT" },
      { title: "BEFORE", align: "right" },
      { title: "AFTER", align: "right" },
      { title: "" },
    ],
    figures.map(({ about, name, title, unit, before, after, direction }) => [
      about === "system" ? "the whole" : name,
      title,
      valueText(before, unit),
      valueText(after, unit),
      sheet.paint(STYLES[direction], direction === "changed" ? "" : direction),
    ]),
    sheet.columns - 2,
  );
}

function settingRows({ settings }: PlanDifference, sheet: Sheet): string[] {
  return fittingTable(
    [
      { title: "PLACE", least: 20 },
      { title: "BEFORE", least: 12 },
      { title: "AFTER", least: 12 },
    ],
    settings.map(({ place, before, after }) => [
      place,
      before === undefined ? UNKNOWN : settingText(place, before),
      after === undefined ? UNKNOWN : settingText(place, after),
    ]),
    sheet.columns - 2,
  );
}
