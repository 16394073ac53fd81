import { derivationOf, type PlanAnswer } from "../../plan/index.ts";
import { paintOf } from "../paint.ts";
import { shownPath } from "../shown-path.ts";
import type { Terminal } from "../terminal.ts";
import { allFigureLines, explanationLines, meantFigures } from "./explanation-text.ts";
import type { PlanFlags } from "./flags.ts";
import type { Planned } from "./planned.ts";
import { reportLines } from "./report-text.ts";
import { finished, type Sheet, section, sheetOf } from "./sheet.ts";
import { sweepLines } from "./sweep-text.ts";
import { verdictLines } from "./verdicts-text.ts";

/** Prints a plan, or the part of it that was asked for. */
export function printPlan(planned: Planned, flags: PlanFlags, { out, folder }: Terminal): void {
  const { answer, design, sweeps } = planned;
  if (flags.json) {
    const data = flags.explain === undefined ? jsonOf(planned) : explainedJson(answer, flags.explain);
    out.write(`${JSON.stringify(data, undefined, 2)}\n`);
    return;
  }
  const sheet = sheetOf(out, paintOf(out));
  const file = shownPath(folder, design.file);
  const lines =
    flags.explain !== undefined
      ? explained(answer, flags.explain, sheet)
      : sweeps.length === 0
        ? reportLines(answer, file, sheet)
        : [
            ...verdictLines(answer, file, sheet),
            ...sweeps.flatMap((one) => section(`Along ${one.path}`, sweepLines(one, sheet), sheet)),
          ];
  out.write(finished(lines, sheet, out.colour));
}

/** The answer as it is; what nothing bounds is null in JSON. */
export function jsonOf({ answer, sweeps }: Pick<Planned, "answer" | "sweeps">): object {
  return sweeps.length === 0 ? answer : { ...answer, sweeps };
}

function explained(answer: PlanAnswer, word: string | true, sheet: Sheet): string[] {
  return word === true ? allFigureLines(answer, sheet) : explanationLines(answer, word, sheet);
}

function explainedJson(answer: PlanAnswer, word: string | true): unknown {
  if (word === true) return answer.figures;
  return meantFigures(answer, word).map(({ id }) => derivationOf(answer.figures, id));
}
