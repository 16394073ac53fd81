import {
  type Direction,
  type PlanDifference,
  type RequirementSide,
  settingText,
} from "../../plan/against/index.ts";
import { UNKNOWN, valueText } from "../../plan/report/figure-text.ts";
import type { Style } from "../paint.ts";
import { findingLines } from "./findings-text.ts";
import { fittingTable } from "./fitting-table.ts";
import { type Sheet, section, wrapped } from "./sheet.ts";
import { stateMark } from "./verdicts-text.ts";

const STYLES: Readonly<Record<Direction, Style>> = {
  better: "green",
  worse: "red",
  changed: "dim",
  same: "dim",
  new: "cyan",
  gone: "cyan",
};

const WORDS = { holds: "hold", fails: "do not hold", unknown: "are open" } as const;

/** What a change does, for a person: the verdicts, requirements, what else moves, and findings. */
export function differenceLines(difference: PlanDifference, system: string, sheet: Sheet): string[] {
  const { revision, verdict, figures, settings, findings } = difference;
  const { paint } = sheet;
  const verdicts =
    verdict.before === verdict.after
      ? `its requirements ${WORDS[verdict.after]}, as before`
      : `its requirements ${WORDS[verdict.after]}; before they ${verdict.before === "fails" ? "did not" : verdict.before === "holds" ? "did" : "were open"}`;
  return [
    ...wrapped(
      `${system} against ${revision.name} (${revision.commit.slice(0, 10)}): ${verdicts}`,
      sheet.columns - 2,
    ).map((line, index) =>
      index === 0 ? `${stateMark(verdict.after, sheet)} ${paint("bold", line)}` : `  ${line}`,
    ),
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
