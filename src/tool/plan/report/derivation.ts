import { nearest } from "../../../blocks/errors/index.ts";
import type { Figure } from "../figure.ts";

/** Where a figure comes from, down to what was given, measured or is a default. Pure. */
export interface Derivation {
  readonly figure: Figure;
  /** In the order of its formula; none for what was not derived, and for what is told elsewhere. */
  readonly inputs: readonly Derivation[];
  /** Its own inputs were told above, under the first mention of it. */
  readonly told?: true;
}

/** Of hand-made figures a circle could be long; those of a plan are a few steps deep. */
const DEPTH_MAX = 50;

/**
 * The tree of the figure with that id, or undefined when there is none. A figure that several others use has its inputs under its first
 * mention alone, and inputs that are no figures of the plan are left out.
 */
export function derivationOf(figures: readonly Figure[], id: string): Derivation | undefined {
  const byId = new Map(figures.map((figure) => [figure.id, figure]));
  const told = new Set<string>();
  const derive = (figure: Figure, depth: number): Derivation => {
    const { source } = figure;
    if (source.kind !== "derived" || source.inputs.length === 0) return { figure, inputs: [] };
    if (told.has(figure.id) || depth === DEPTH_MAX) return { figure, inputs: [], told: true };
    told.add(figure.id);
    const inputs = source.inputs.flatMap((input) => byId.get(input) ?? []);
    return { figure, inputs: inputs.map((input) => derive(input, depth + 1)) };
  };
  const figure = byId.get(id);
  return figure && derive(figure, 0);
}

/**
 * The figures that a person means by a word: the one of that id, else those whose id or title holds it, in the plan's order; none where
 * nothing does.
 */
export function figuresMeant(figures: readonly Figure[], word: string): readonly Figure[] {
  const exact = figures.find(({ id }) => id === word);
  if (exact) return [exact];
  const lower = word.toLowerCase();
  return figures.filter(
    ({ id, title }) => id.toLowerCase().includes(lower) || title.toLowerCase().includes(lower),
  );
}

/** The id that is written nearly like a word. */
export function nearestFigure(figures: readonly Figure[], word: string): string | undefined {
  const ids = figures.map(({ id }) => id);
  const whole = nearest(word, ids);
  if (whole !== undefined) return whole;
  const last = nearest(
    word,
    ids.map((id) => id.split(".").at(-1) ?? id),
  );
  return last === undefined ? undefined : ids.find((id) => id.endsWith(last));
}

/** Where a figure comes from, in a few words: `given: requires.traffic.peak`, `10M × 20`, `default of postgresql`, `measured in run 7`. */
export function sourceText({ source }: Pick<Figure, "source">): string {
  switch (source.kind) {
    case "given":
      return `given: ${source.place}`;
    case "derived":
      return source.filled;
    case "default":
      return `default of ${source.of}`;
    case "measured":
      return `measured${source.run === undefined ? "" : ` in run ${source.run}`}: ${source.profile}`;
  }
}
