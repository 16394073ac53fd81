import type { PlanAnswer } from "../../plan-answer.ts";
import { escaped } from "../charts/svg.ts";
import { rateText } from "../figure-text.ts";
import { growthOf as stepsOf } from "../growth.ts";
import { timesThePeak } from "../margin.ts";
import { peakOf } from "../verdict.ts";
import type { Html } from "./markup.ts";
import { pageChart } from "./page-chart.ts";

/** How far above what is required a chart goes, where latencies rise without a bound: on a linear axis, and on a logarithmic one. */
const HEAD_ROOM = { linear: 1.25, log: 5 };
/** Lines that lie farther apart than that are drawn on a logarithmic axis. */
const LINEAR_MAX = 20;

/** What gives way first as more comes, and how long requests take until then. */
export function growthOf(answer: PlanAnswer): Html {
  const peak = peakOf(answer);
  const steps = stepsOf(answer).map(({ perSecond, what, kind }) => {
    const beside = kind === "peak" ? "" : ` (${timesThePeak(perSecond, peak)})`;
    return `<li class="${kind}"><strong>${escaped(rateText(perSecond))}</strong>${escaped(beside)}: ${escaped(what)}</li>`;
  });
  const told = steps.length === 0 ? "" : `<ol class="growth">${steps.join("")}</ol>`;
  return `${told}${chartOf(answer)}`;
}

function chartOf(answer: PlanAnswer): Html {
  const { loads = [], requirements } = answer;
  if (loads.length < 2) return "";
  const required = requirements.find(({ id, unit }) => id.startsWith("latency") && unit === "ms");
  const known = loads
    .flatMap(({ p50Ms, p99Ms }) => [p50Ms, p99Ms])
    .filter((ms) => Number.isFinite(ms) && ms > 0);
  const bound = required?.required ?? 0;
  const least = Math.min(...known);
  const most = Math.max(...known, bound * HEAD_ROOM.linear);
  const isLog = known.length > 0 && most > LINEAR_MAX * least;
  const pointOf = (perSecond: number, ms: number): [number, number | null] => [
    perSecond,
    Number.isFinite(ms) ? ms : null,
  ];
  const peak = peakOf(answer);
  return pageChart({
    title: "Latency by load",
    description: "Median and 99th percentile of all requests as the load of the whole grows.",
    x: { label: "requests per second of the whole", unit: "per-second", from: 0 },
    panels: [
      {
        y: {
          label: "latency",
          unit: "ms",
          ...(isLog ? { scale: "log" as const, ...logEnd(bound, least, most) } : { from: 0, to: most }),
        },
        lines: [
          { name: "p99", points: loads.map((one) => pointOf(one.perSecond, one.p99Ms)) },
          { name: "p50", points: loads.map((one) => pointOf(one.perSecond, one.p50Ms)) },
        ],
        ...(required && { bound: { value: bound, label: `${required.title} required` } }),
      },
    ],
    ...(peak > 0 && { spans: [{ from: peak, to: peak, label: "the peak" }] }),
  });
}

/** What is far above all that is asked is drawn at the edge: there only the rise is of interest. */
function logEnd(bound: number, least: number, most: number): { readonly to?: number } {
  const end = bound > 0 ? Math.max(bound * HEAD_ROOM.log, least * LINEAR_MAX) : most;
  return end < most ? { to: end } : {};
}
