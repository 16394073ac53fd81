import type { PlanAnswer } from "../../plan/index.ts";
import { findingCounts, findingLines } from "./findings-text.ts";
import { growthLines } from "./growth-text.ts";
import { numberLines } from "./numbers-text.ts";
import { partLines } from "./parts-text.ts";
import { type Sheet, section, wrapped } from "./sheet.ts";
import { simulationLines } from "./simulation-text.ts";
import { requirementLines, verdictLines } from "./verdicts-text.ts";
import { classLines, wayLines } from "./ways-text.ts";

/**
 * A plan for a person: the verdict first, then what it is made of, from the whole to its parts. `file` is the design's as that person would
 * write it.
 */
export function reportLines(answer: PlanAnswer, file: string, sheet: Sheet): string[] {
  const { findings, classes, assumptions } = answer;
  return [
    ...verdictLines(answer, file, sheet),
    ...section("Requirements", requirementLines(answer, sheet), sheet),
    ...section("As the load grows", growthLines(answer, sheet), sheet),
    ...section("In numbers", numberLines(answer, sheet), sheet),
    ...section("Requests at the peak", classes.length > 0 ? classLines(classes, sheet) : [], sheet),
    ...section("Their ways", wayLines(answer, sheet), sheet),
    ...section("Parts at the peak", answer.parts.length > 0 ? partLines(answer, sheet) : [], sheet),
    ...section("Simulation", simulationLines(answer, sheet), sheet),
    ...(findings === undefined
      ? []
      : section(`Review: ${findingCounts(findings)}`, findingLines(findings, sheet), sheet)),
    ...section(
      "Assumed",
      assumptions.flatMap((one) => bullet(one, sheet)),
      sheet,
    ),
  ];
}

function bullet(text: string, { columns, paint }: Sheet): string[] {
  return wrapped(text, columns - 4).map((line, index) => `${index === 0 ? paint("dim", "·") : " "} ${line}`);
}
