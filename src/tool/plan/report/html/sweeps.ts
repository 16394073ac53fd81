import type { PlanAnswer } from "../../plan-answer.ts";
import type { Sweep, SweepPoint } from "../../sweep/index.ts";
import type { Axis, Panel, Point } from "../charts/index.ts";
import { escaped, textWidth } from "../charts/svg.ts";
import { requirementText, UNKNOWN, valueText } from "../figure-text.ts";
import { type Column, figureColumn, type Html, table } from "./markup.ts";
import { type ChartWidth, pageChart } from "./page-chart.ts";
import { stateMark } from "./verdicts.ts";

/** What changes by less than that, beside the largest and what is required, is a level line: the table says as much. */
const CHANGE_MIN = 0.02;
/** Room for the words of an axis, in pixels. */
const AXIS_PIXELS = { wide: 740, narrow: 250 };

/** Each setting that was tried: a table of its values, and a curve for each requirement that changes along it. */
export function sweepsOf(sweeps: readonly Sweep[], answer: PlanAnswer): Html {
  return sweeps.map((one) => sweepOf(one, answer)).join("");
}

function sweepOf(sweep: Sweep, answer: PlanAnswer): Html {
  return `<h3>Along <code>${escaped(sweep.path)}</code></h3>${turnsOf(sweep)}${tableOf(sweep)}${chartOf(sweep, answer)}`;
}

/** Where requirements begin or cease to hold, and where more brings little. */
function turnsOf({ path, requirements }: Sweep): Html {
  const turns = requirements.flatMap(({ title, turns: all, knee, afterKnee }) => [
    ...all.map(({ from, to, state }) => {
      const what = { holds: "begins to hold", fails: "ceases to hold", unknown: "is not known any more" };
      return `${title} ${what[state]} between ${from} and ${to}.`;
    }),
    ...(knee === undefined || afterKnee === undefined
      ? []
      : [`From ${knee} on, a step of ${path} does ${afterKnee} for ${title}.`]),
  ]);
  return turns.length === 0 ? "" : `<ul>${turns.map((one) => `<li>${escaped(one)}</li>`).join("")}</ul>`;
}

function tableOf({ path, points, requirements }: Sweep): Html {
  const hasPrice = points.some(({ pricePerMonth }) => pricePerMonth !== undefined);
  const told = requirements.filter(({ id }) => points.some((point) => predictedAt(point, id) !== undefined));
  const hasFull = points.some(({ bottleneck }) => bottleneck !== undefined);
  const columns: readonly Column[] = [
    figureColumn(escaped(path)),
    ...told.map(({ title }) => figureColumn(escaped(title))),
    ...(hasFull ? [{ title: "full first", kind: "text" } as const] : []),
    ...(hasPrice ? [figureColumn("a month")] : []),
  ];
  const rows = points.map((point) => [
    escaped(point.value),
    ...told.map(({ id, unit }) => {
      const at = point.requirements.find((one) => one.id === id);
      if (at === undefined) return UNKNOWN;
      return `${escaped(requirementText(at.predicted, { unit }))} ${stateMark(at.state)}<span class="said"> ${at.state}</span>`;
    }),
    ...(hasFull ? [escaped(point.bottleneck?.part ?? "")] : []),
    ...(hasPrice ? [escaped(valueText(point.pricePerMonth, "count"))] : []),
  ]);
  const refused = points
    .filter(({ refused: why }) => why !== undefined)
    .map(
      ({ value, refused: why }) =>
        `<p class="quiet"><code>${escaped(value)}</code>: ${escaped(why ?? "")}</p>`,
    );
  return `${table(`Plans along ${path}`, columns, rows)}${refused.join("")}`;
}

function chartOf(sweep: Sweep, answer: PlanAnswer): Html {
  const { path, points } = sweep;
  const panels = sweep.requirements.flatMap((one) => panelOf(sweep, one, answer));
  if (panels.length === 0) return "";
  return pageChart((width) => ({
    title: `What changes along ${path}`,
    description: `From ${points[0]?.value ?? ""} to ${points.at(-1)?.value ?? ""}, value by value.`,
    x: xAxis(sweep, width),
    panels,
  }));
}

/** Values stand one beside the other in their order: those that multiply as on a logarithmic axis, those that add as on a linear one. */
function xAxis({ path, points }: Sweep, width: ChartWidth): Axis {
  const longest = Math.max(...points.map(({ value }) => textWidth(value, 12))) + 14;
  const every = Math.max(1, Math.ceil((points.length * longest) / AXIS_PIXELS[width]));
  const ticks = points.flatMap(({ value }, at) => (at % every === 0 ? [{ value: at, text: value }] : []));
  return { label: path, unit: "count", from: 0, to: Math.max(1, points.length - 1), ticks };
}

function panelOf({ points }: Sweep, swept: Sweep["requirements"][number], answer: PlanAnswer): Panel[] {
  const { id, title, unit, required: bound } = swept;
  const required = answer.requirements.find((one) => one.id === id)?.required ?? bound;
  // What is nearly the whole is told by what it lacks, as its changes could not be seen.
  const isLoss = unit === "share" && required > 0.9 && required < 1;
  const shown = (value: number) => (isLoss ? 1 - value : value);
  // A value that is refused has no plan, and the line passes over it.
  const line = points.flatMap((point, at): Point[] => {
    if (point.refused !== undefined) return [];
    const predicted = predictedAt(point, id);
    return [[at, predicted === undefined || !Number.isFinite(predicted) ? null : shown(predicted)]];
  });
  const known = line.flatMap(([, value]) => value ?? []);
  const most = Math.max(...known);
  const change = known.length === 0 ? 0 : most - Math.min(...known);
  if (!(change > CHANGE_MIN * Math.max(most, isLoss ? shown(required) : required))) return [];
  return [
    {
      title: isLoss ? `What ${title} lacks` : title,
      y: { label: isLoss ? "of the whole" : "", unit, from: 0 },
      lines: [{ name: "by the plan", points: line }],
      bound: { value: shown(required), label: isLoss ? "allowed" : "required" },
    },
  ];
}

function predictedAt({ requirements }: SweepPoint, id: string): number | undefined {
  return requirements.find((one) => one.id === id)?.predicted;
}
