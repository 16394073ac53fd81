import { type DefaultName, defaultOf } from "../../defaults/index.ts";
import type { Figure, FigureUnit } from "../../figure.ts";
import { figureText } from "../../report/figure-text.ts";

/** Figures with their sources, made in one way. Pure. */

/** What a figure is, without where it is from. */
export type Told = Pick<Figure, "id" | "title" | "value" | "unit">;

/** The design says so, at that place. */
export function givenFigure(told: Told, place: string): Figure {
  return { ...told, source: { kind: "given", place } };
}

/** The design says so at that place, or it is taken for granted. */
export function statedFigure(
  told: Omit<Told, "value">,
  stated: number | undefined,
  place: string,
  name: DefaultName,
): Figure {
  return stated === undefined
    ? { ...told, ...defaultOf(name) }
    : givenFigure({ ...told, value: stated }, place);
}

/**
 * A figure that others make. `filled` is the formula with its values, up to the sign of equality: the figure itself is put behind it.
 */
export function derivedFigure(
  told: Told,
  how: {
    readonly formula: string;
    readonly filled: string;
    readonly from: readonly Pick<Figure, "id">[];
    readonly publication?: string;
  },
): Figure {
  const { formula, filled, from, publication } = how;
  return {
    ...told,
    source: {
      kind: "derived",
      formula,
      filled: `${filled} = ${figureText(told)}`,
      inputs: from.map(({ id }) => id),
      ...(publication === undefined ? {} : { publication }),
    },
  };
}

/** Ids and units of a figure, in one line. */
export function told(id: string, title: string, value: number, unit: FigureUnit): Told {
  return { id, title, value, unit };
}
