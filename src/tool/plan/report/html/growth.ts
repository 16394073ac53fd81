import type { PlanAnswer } from "../../plan-answer.ts";
import { lineChart } from "../charts/index.ts";
import { escaped } from "../charts/svg.ts";
import { rateText } from "../figure-text.ts";
import { growthOf as stepsOf } from "../growth.ts";
import { timesThePeak } from "../margin.ts";
import { peakOf } from "../verdict.ts";
import type { Html } from "./markup.ts";

/** What gives way first as more comes, and how long requests take until then. */
export function growthOf(answer: PlanAnswer): Html {
  const peak = peakOf(answer);
  const steps = stepsOf(answer).map(({ perSecond, what, kind }) => {
    const beside = kind === "peak" ? "" : ` (${timesThePeak(perSecond, peak)})`;
    return `<li><strong>${escaped(rateText(perSecond))}</strong>${escaped(beside)}: ${escaped(what)}</li>`;
  });
  const told = steps.length === 0 ? "" : `<ol class="growth">${steps.join("")}</ol>`;
  return `${chartOf(answer)}${told}`;
}

function chartOf(answer: PlanAnswer): Html {
  const { loads = [], requirements } = answer;
  if (loads.length < 2) return "";
  const required = requirements.find(({ id, unit }) => id.startsWith("latency") && unit === "ms");
  const most = Math.max(...loads.map(({ p99Ms }) => (Number.isFinite(p99Ms) ? p99Ms : 0)));
  const ceiling = Math.max(most, (required?.required ?? 0) * 1.25);
  const pointOf = (perSecond: number, ms: number): [number, number | null] => [
    perSecond,
    Number.isFinite(ms) ? ms : null,
  ];
  return lineChart(
    {
      title: "Latency by load",
      description: "Median and 99th percentile of all requests as the load of the whole grows.",
      x: { label: "requests per second of the whole", unit: "per-second", from: 0 },
      panels: [
        {
          y: { label: "latency", unit: "ms", from: 0, to: ceiling },
          lines: [
            { name: "p99", points: loads.map((one) => pointOf(one.perSecond, one.p99Ms)) },
            { name: "p50", points: loads.map((one) => pointOf(one.perSecond, one.p50Ms)) },
          ],
          ...(required === undefined
            ? {}
            : { bound: { value: required.required, label: `${required.title} required` } }),
        },
      ],
    },
    { style: false },
  );
}
