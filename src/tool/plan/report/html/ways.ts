import type { ClassAnswer, PlanAnswer } from "../../plan-answer.ts";
import { escaped } from "../charts/svg.ts";
import { valueText } from "../figure-text.ts";
import { betweenMs, waterfallOf } from "../waterfall.ts";
import { figureColumn, type Html, percentOf, table } from "./markup.ts";

/** Less of a request than that, on the network, is not told. */
const BETWEEN_MIN = 0.02;

/** The classes of requests with their times, and each way that they take as a waterfall. */
export function waysOf({ classes }: PlanAnswer): Html {
  if (classes.length === 0) return "";
  const ways = Map.groupBy(
    classes.filter(({ stays }) => stays.length > 0),
    ({ stays }) => JSON.stringify(stays),
  );
  return `${timesOf(classes)}${[...ways.values()].map(wayOf).join("")}`;
}

function timesOf(classes: readonly ClassAnswer[]): Html {
  const ranks = ["mean", "p50", "p90", "p99", "p999"] as const;
  const rows = classes.map(({ name, peakPerSecond, latencyMs, availability }) => [
    escaped(name),
    escaped(valueText(peakPerSecond, "per-second")),
    ...ranks.map((rank) => escaped(valueText(latencyMs[rank], "ms"))),
    escaped(valueText(availability, "share")),
  ]);
  const figures = ["at the peak", "mean", "p50", "p90", "p99", "p99.9", "answered"];
  return table(
    "Times of the classes of requests",
    [{ title: "requests", kind: "text" }, ...figures.map(figureColumn)],
    rows,
  );
}

/** `alike`: classes that take the same way. */
function wayOf(alike: readonly ClassAnswer[]): Html {
  const [first] = alike;
  if (first === undefined) return "";
  const names = alike.map(({ name }) => name).join(", ");
  const steps = waterfallOf(first).map(({ part, depth, visits, totalMs, from, share }) => ({
    label: `<span style="padding-left:${Math.min(8, depth)}em">${escaped(part)}</span>`,
    visits: visitsText(visits),
    totalMs,
    from,
    share,
  }));
  const between = betweenMs(first);
  const share = between / first.latencyMs.mean;
  if (share >= BETWEEN_MIN) {
    const label = '<span class="quiet">on the network</span>';
    steps.push({ label, visits: "", totalMs: between, from: 1 - share, share });
  }
  const rows = steps.map((step) => [
    step.label,
    escaped(step.visits),
    escaped(valueText(step.totalMs, "ms")),
    `<span class="fall" aria-hidden="true"><span style="margin-left:${percentOf(step.from)}%;width:${percentOf(step.share)}%"></span></span>`,
  ]);
  return `<h3>The way of ${escaped(names)}</h3>${table(
    `The way of ${names}`,
    [
      { title: "part", kind: "text" },
      figureColumn("visits"),
      figureColumn("mean"),
      { title: "share", kind: "text" },
    ],
    rows,
  )}`;
}

/** How often a request comes there, on average. */
function visitsText(visits: number): string {
  if (Math.abs(visits - 1) < 0.005) return "once";
  return visits < 1 ? `in ${valueText(visits, "share")}` : `${valueText(visits, "count")} times`;
}
