import {
  type Derivation,
  derivationOf,
  type Figure,
  figuresMeant,
  figureText,
  nearestFigure,
  type PlanAnswer,
  sourceText,
} from "../../plan/index.ts";
import { widthOf } from "../text.ts";
import { wrong } from "./flags.ts";
import { type Sheet, wrapped } from "./sheet.ts";

/** So many derivations are told whole; where a word means more, the figures are listed. */
const TREES_MAX = 5;

/** Every figure of a plan with its id and where it comes from, by the first word of its id. */
export function allFigureLines({ figures }: PlanAnswer, sheet: Sheet): string[] {
  const groups = Map.groupBy(figures, ({ id }) => id.split(".")[0] ?? id);
  return [...groups].flatMap(([name, members], index) => [
    ...(index === 0 ? [] : [""]),
    sheet.paint("bold", name),
    ...members.flatMap((figure) => shortly(figure, sheet)),
  ]);
}

function shortly(figure: Figure, { columns, paint }: Sheet): string[] {
  const head = `  ${figure.title}: ${paint("bold", figureText(figure))}`;
  const fits = widthOf(head) + 2 + widthOf(figure.id) <= columns;
  return [
    ...(fits ? [`${head}  ${paint("dim", figure.id)}`] : [head, `      ${paint("dim", figure.id)}`]),
    ...wrapped(sourceText(figure), columns - 6).map((line) => `      ${paint("dim", line)}`),
  ];
}

/**
 * The figures that a word means.
 *
 * @throws CliError `BAD_ARGUMENT` when none is called like it.
 */
export function meantFigures({ figures }: PlanAnswer, word: string): readonly Figure[] {
  const meant = figuresMeant(figures, word);
  if (meant.length > 0) return meant;
  const near = nearestFigure(figures, word);
  const mend = near === undefined ? "`--explain` alone lists them all" : `did you mean ${near}?`;
  throw wrong("--explain", `the plan has no figure called ${JSON.stringify(word.slice(0, 80))}: ${mend}`);
}

/**
 * The derivations of the figures that a word means, down to what was given.
 *
 * @throws CliError `BAD_ARGUMENT` when no figure is called like it.
 */
export function explanationLines(answer: PlanAnswer, word: string, sheet: Sheet): string[] {
  const meant = meantFigures(answer, word);
  if (meant.length > TREES_MAX)
    return [
      `${meant.length} figures are called like that; name one of them:`,
      "",
      ...meant.flatMap((figure) => shortly(figure, sheet)),
    ];
  return meant.flatMap(({ id }, index) => {
    const tree = derivationOf(answer.figures, id);
    return [...(index === 0 ? [] : [""]), ...(tree ? treeLines(tree, sheet, "", "") : [])];
  });
}

/** A figure, its formula and values, and below it those that went in. */
function treeLines(tree: Derivation, sheet: Sheet, first: string, rest: string): string[] {
  const { figure, inputs, told } = tree;
  const { paint, columns } = sheet;
  const below = inputs.length > 0 ? `${rest}│ ` : `${rest}  `;
  const facts = told ? ["told above"] : factsOf(figure);
  const width = Math.max(20, columns - below.length);
  return [
    `${paint("dim", first)}${paint("bold", figure.title)}  ${figureText(figure)}  ${paint("dim", figure.id)}`,
    ...facts.flatMap((fact) => wrapped(fact, width)).map((line) => paint("dim", below) + line),
    ...inputs.flatMap((input, index) => {
      const isLast = index === inputs.length - 1;
      return treeLines(input, sheet, `${rest}${isLast ? "└─ " : "├─ "}`, `${rest}${isLast ? "   " : "│  "}`);
    }),
  ];
}

function factsOf({ source }: Figure): string[] {
  switch (source.kind) {
    case "derived":
      return [
        `= ${source.formula}`,
        `= ${source.filled}`,
        ...(source.publication === undefined ? [] : [`after ${source.publication}`]),
      ];
    case "default":
      return [`default of ${source.of}: ${source.publication}`];
    default:
      return [sourceText({ source })];
  }
}
