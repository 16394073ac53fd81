import type { MetricAnswer } from "../../control-api/index.ts";

/** Values over the time since a run's start. Pure. */
export interface Aligned {
  readonly stepMs: number;
  /** Of each run, one value for each step from its start. */
  readonly lines: readonly (readonly (number | null)[])[];
  readonly steps: number;
}

/** How many lines an overlay has steps for, at most. */
const STEPS_MAX = 2_000;

/**
 * Lays answers of different runs over each other, by the time since each one's start: on steps as wide as the widest, each value the mean of those
 * that fall into it. `select` chooses the line of an answer; its first by default.
 */
export function aligned(
  runs: readonly { readonly answer: MetricAnswer | undefined; readonly startedMs: number }[],
  select: (answer: MetricAnswer) => readonly (number | null)[] | undefined = (answer) =>
    answer.series[0]?.values,
): Aligned {
  const known = runs.map(({ answer }) => answer).filter((answer) => answer !== undefined);
  const stepMs = Math.max(1, ...known.map((answer) => answer.stepMs));
  const ends = runs.map(({ answer, startedMs }) =>
    answer ? (answer.fromMs + answer.steps * answer.stepMs - startedMs) / stepMs : 0,
  );
  const steps = Math.min(STEPS_MAX, Math.max(0, Math.ceil(Math.max(0, ...ends) - 1e-9)));
  const lines = runs.map(({ answer, startedMs }) => {
    const sums = new Float64Array(steps);
    const counts = new Uint32Array(steps);
    const values = answer ? (select(answer) ?? []) : [];
    values.forEach((value, index) => {
      if (value === null || !answer) return;
      const step = Math.floor((answer.fromMs + index * answer.stepMs - startedMs) / stepMs + 1e-9);
      if (step < 0 || step >= steps) return;
      sums[step] = (sums[step] ?? 0) + value;
      counts[step] = (counts[step] ?? 0) + 1;
    });
    return Array.from(sums, (sum, step) => ((counts[step] ?? 0) === 0 ? null : sum / (counts[step] ?? 1)));
  });
  return { stepMs, lines, steps };
}

/** What stands for a line in a table: its mean over the time that both runs have, so that a longer run is not judged by its quiet end. */
export function meanOverCommon(all: Aligned): readonly (number | undefined)[] {
  const isCommon = Array.from({ length: all.steps }, (_, step) =>
    all.lines.every((line) => known(line[step])),
  );
  return all.lines.map((line) => {
    let [sum, count] = [0, 0];
    line.forEach((value, step) => {
      if (value === null || !isCommon[step]) return;
      sum += value;
      count++;
    });
    return count === 0 ? undefined : sum / count;
  });
}

function known(value: number | null | undefined): boolean {
  return value !== null && value !== undefined;
}

/** Whether more is better, worse, or neither. */
export type Better = "lower" | "higher" | "neither";

/** A second figure beside a first. */
export interface Difference {
  /** `+12 %`, `2.3×`, `the same`; undefined where one of them is not known. */
  readonly text: string | undefined;
  readonly verdict: "better" | "worse" | "same" | "none";
  /** Second over first; undefined where that says nothing. */
  readonly ratio: number | undefined;
}

/** Changes under this share are within what two runs of the same differ by. */
const SAME = 0.03;

export function difference(
  first: number | undefined,
  second: number | undefined,
  better: Better,
): Difference {
  if (first === undefined || second === undefined)
    return { text: undefined, verdict: "none", ratio: undefined };
  if (first === second) return { text: "the same", verdict: "same", ratio: first === 0 ? undefined : 1 };
  if (first === 0) return { text: "from none", verdict: verdictOf(1, better), ratio: undefined };
  const ratio = second / first;
  const change = ratio - 1;
  if (Math.abs(change) < SAME) return { text: `${sign(change)}${percent(change)}`, verdict: "same", ratio };
  const text = ratio >= 2 ? `${factor(ratio)}×` : `${sign(change)}${percent(change)}`;
  return { text, verdict: verdictOf(change, better), ratio };
}

function verdictOf(change: number, better: Better): Difference["verdict"] {
  if (better === "neither") return "none";
  return change > 0 === (better === "higher") ? "better" : "worse";
}

function sign(change: number): string {
  return change < 0 ? "−" : "+";
}

function percent(change: number): string {
  const size = Math.abs(change) * 100;
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} %`;
}

function factor(ratio: number): string {
  return ratio < 10 ? ratio.toFixed(1) : ratio < 1_000 ? String(Math.round(ratio)) : "over 1000";
}
