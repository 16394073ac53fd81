import type { MetricAnswer, Reading, RunInfo } from "../../control-api/index.ts";
import type { Format } from "./format.ts";
import type { Better } from "./run-comparison.ts";

/** A figure by which runs are compared, asked once for all parts. Pure. */
export interface RunFigure {
  readonly id: string;
  readonly title: string;
  readonly name: string;
  readonly as: Reading;
  readonly where?: Readonly<Record<string, string>>;
  readonly format: Format;
  readonly better: Better;
}

const DURATION = "http.server.request.duration";

/** What runs are compared by, in the order of the charts. */
export const RUN_FIGURES: readonly RunFigure[] = [
  { id: "rate", title: "Requests", name: DURATION, as: "rate", format: "per-second", better: "neither" },
  {
    id: "failed",
    title: "Failed requests",
    name: DURATION,
    as: "rate",
    where: { "error.type": "*" },
    format: "per-second",
    better: "lower",
  },
  { id: "p50", title: "p50", name: DURATION, as: "p50", format: "seconds", better: "lower" },
  { id: "p99", title: "p99", name: DURATION, as: "p99", format: "seconds", better: "lower" },
  { id: "cpu", title: "CPU", name: "process.cpu.utilization", as: "value", format: "cores", better: "lower" },
  {
    id: "memory",
    title: "Memory",
    name: "process.memory.usage",
    as: "value",
    format: "bytes",
    better: "lower",
  },
];

const POINTS = 300;

/** The query of a figure over the whole of a run, a line for each part. */
export function figureParams(figure: RunFigure, run: Pick<RunInfo, "startedMs">, endMs: number) {
  const conditions = Object.entries(figure.where ?? {}).map(([name, value]) => [`where.${name}`, value]);
  return {
    name: figure.name,
    as: figure.as,
    by: "part",
    fromMs: Math.floor(run.startedMs),
    toMs: Math.ceil(Math.max(endMs, run.startedMs + 1_000)),
    points: POINTS,
    ...Object.fromEntries(conditions),
  };
}

/** The line of one part in an answer by part. */
export function lineOfPart(answer: MetricAnswer, part: string): readonly (number | null)[] | undefined {
  return answer.series.find((one) => one.labels.part === part)?.values;
}

/** Parts that any of the answers tells of, those that most of the figures know first. */
export function partsOf(answers: readonly (MetricAnswer | undefined)[]): string[] {
  const counts = new Map<string, number>();
  for (const answer of answers) {
    for (const { labels } of answer?.series ?? []) {
      if (labels.part !== undefined) counts.set(labels.part, (counts.get(labels.part) ?? 0) + 1);
    }
  }
  return [...counts]
    .sort(([one, few], [other, many]) => many - few || one.localeCompare(other))
    .map(([name]) => name);
}
