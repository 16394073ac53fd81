import { type Figure, figureText, type PlanAnswer, sourceText } from "../../plan/index.ts";
import { cut, padEnd, padStart, widthOf } from "../text.ts";
import type { Sheet } from "./sheet.ts";

const FIGURES_MAX = 24;

/** Told elsewhere in a report. */
const ELSEWHERE = new Set(["latency", "limit", "availability", "durability", "price"]);

/**
 * The figures that are about the whole, each with what it is made of. Those of a single part or class are in their tables; what was given
 * stands in the design, and defaults in their table.
 */
export function numberLines(answer: PlanAnswer, sheet: Sheet): string[] {
  const own = new Set([...answer.parts, ...answer.classes].map(({ name }) => name));
  const all = answer.figures.filter(({ id, source }) => {
    const words = id.split(".");
    const isMade = source.kind === "derived" || source.kind === "measured";
    return isMade && !ELSEWHERE.has(words[0] ?? "") && !words.some((word) => own.has(word));
  });
  const shown = all.slice(0, FIGURES_MAX);
  const more = all.length - shown.length;
  return [
    ...figureLines(shown, sheet),
    ...(more > 0 ? [sheet.paint("dim", `and ${more} more: --explain tells all of them`)] : []),
  ];
}

/** Figures in three columns: what, how much, and where that comes from. */
export function figureLines(figures: readonly Figure[], { columns, paint }: Sheet): string[] {
  const values = figures.map(figureText);
  const titleColumns = Math.min(36, Math.max(0, ...figures.map(({ title }) => widthOf(title))));
  const valueColumns = Math.max(0, ...values.map(widthOf));
  const rest = columns - 2 - titleColumns - valueColumns - 4;
  return figures.map((figure, index) => {
    const title = padEnd(cut(figure.title, titleColumns), titleColumns);
    const value = padStart(values[index] ?? "", valueColumns);
    return `${title}  ${value}  ${paint("dim", cut(withoutResult(figure), rest))}`.trimEnd();
  });
}

/** The formula without the result, which stands before it. */
function withoutResult(figure: Figure): string {
  const text = sourceText(figure);
  return figure.source.kind === "derived" ? text.replace(/\s+[=≈]\s+[^=≈]*$/, "") : text;
}
