import type { ClassAnswer, PlanAnswer } from "../../plan-answer.ts";
import { escaped } from "../charts/svg.ts";
import { countText, msText, rateText, shareText } from "../figure-text.ts";
import { waterfallOf } from "../waterfall.ts";
import { type Html, table } from "./markup.ts";

/** Each class of requests with its times, and its way as a waterfall. */
export function waysOf({ classes }: PlanAnswer): Html {
  return classes.map(wayOf).join("");
}

function wayOf(one: ClassAnswer): Html {
  const { name, peakPerSecond, latencyMs, availability } = one;
  const times = (["p50", "p90", "p99", "p999"] as const)
    .map((rank) => `${rank === "p999" ? "p99.9" : rank} ${msText(latencyMs[rank])}`)
    .join(", ");
  const rows = waterfallOf(one).map((step) => [
    `<span style="padding-left:${step.depth}em">${escaped(step.part)}</span>`,
    escaped(countText(step.visits)),
    escaped(msText(step.totalMs)),
    `<span class="fall" aria-hidden="true"><span style="margin-left:${percent(step.from)}%;width:${percent(step.share)}%"></span></span>`,
  ]);
  return `<h3>${escaped(name)}</h3><p>${escaped(rateText(peakPerSecond))} at the peak, answered in ${escaped(times)}; available ${escaped(shareText(availability))} of the time.</p>${table(
    `The way of ${name}`,
    [
      { title: "part", kind: "text" },
      { title: "visits", kind: "figure" },
      { title: "mean time", kind: "figure" },
      { title: "share of the whole", kind: "text" },
    ],
    rows,
  )}`;
}

function percent(share: number): number {
  return Math.round(share * 1_000) / 10;
}
