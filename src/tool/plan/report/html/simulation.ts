import type { PlanAnswer, SimulationAnswer } from "../../plan-answer.ts";
import { escaped } from "../charts/svg.ts";
import { countText, shareText, valueText } from "../figure-text.ts";
import { figureColumn, type Html, list, table } from "./markup.ts";
import { seriesCharts } from "./series-charts.ts";

/** What a simulation came to, in all and over time, beside what the formulas say; nothing where none was made. */
export function simulationOf(answer: PlanAnswer): Html {
  const { simulation } = answer;
  if (simulation === undefined) return "";
  const { notes = [] } = simulation;
  const otherwise = notes.length === 0 ? "" : `<p>Simulated otherwise than designed:</p>${list(notes)}`;
  return [
    `<p>${escaped(summaryOf(simulation))}</p>`,
    otherwise,
    classesOf(simulation, answer),
    partsOf(simulation, answer),
    seriesCharts(simulation),
  ].join("");
}

function summaryOf({ seed, simulatedMs, requests, failed, failedBy = {} }: SimulationAnswer): string {
  const share = failed > 0 && requests > 0 ? ` (${shareText(failed / requests)})` : "";
  const kinds = Object.entries(failedBy)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${countText(count)} ${kind}`);
  const reasons = kinds.length === 0 ? "" : `: ${kinds.join(", ")}`;
  const lost =
    failed === 0 ? "none of them failed" : `${valueText(failed, "count")} of them failed${share}${reasons}`;
  return `${valueText(requests, "count")} requests in ${valueText(simulatedMs, "ms")}, seed ${seed}; ${lost}.`;
}

function classesOf(simulation: SimulationAnswer, { classes }: PlanAnswer): Html {
  const rows = simulation.classes.map(({ name, requests, failed, latencyMs }) => {
    const planned = classes.find((one) => one.name === name)?.latencyMs;
    return [
      escaped(name),
      escaped(valueText(requests, "count")),
      escaped(valueText(failed, "count")),
      ...(["p50", "p99"] as const).flatMap((rank) => [
        escaped(valueText(latencyMs[rank], "ms")),
        `<span class="quiet">${escaped(valueText(planned?.[rank], "ms"))}</span>`,
      ]),
    ];
  });
  const titles = ["count", "failed", "p50", "by formula", "p99", "by formula"];
  return rows.length === 0
    ? ""
    : table(
        "Simulated requests by class",
        [{ title: "requests", kind: "text" }, ...titles.map(figureColumn)],
        rows,
      );
}

function partsOf(simulation: SimulationAnswer, { parts }: PlanAnswer): Html {
  const hasHits = simulation.parts.some(({ hitRatio }) => hitRatio !== undefined);
  const quiet = (words: string) => `<span class="quiet">${escaped(words)}</span>`;
  const rows = simulation.parts.map(({ name, utilisation, meanWaitMs, hitRatio, refused }) => {
    const planned = parts.find((one) => one.name === name);
    return [
      escaped(name),
      escaped(valueText(utilisation, "share")),
      quiet(valueText(planned?.utilisation, "share")),
      escaped(valueText(meanWaitMs, "ms")),
      quiet(valueText(planned?.meanWaitMs, "ms")),
      ...(hasHits
        ? hitRatio === undefined
          ? ["", ""]
          : [escaped(valueText(hitRatio, "share")), quiet(valueText(planned?.hitRatio, "share"))]
        : []),
      escaped(valueText(refused, "count")),
    ];
  });
  const titles = [
    "busy",
    "by formula",
    "waiting",
    "by formula",
    ...(hasHits ? ["hits", "by formula"] : []),
    "refused",
  ];
  return rows.length === 0
    ? ""
    : table("Simulated parts", [{ title: "part", kind: "text" }, ...titles.map(figureColumn)], rows);
}
