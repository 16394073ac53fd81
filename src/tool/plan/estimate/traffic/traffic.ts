import type { SystemModel } from "../../../design/model.ts";
import { defaultOf } from "../../defaults/index.ts";
import type { Figure } from "../../figure.ts";
import { bytesText, countText, msText, rateText } from "../../report/figure-text.ts";
import type { ResolvedSystem } from "../../resolved-model.ts";
import { SECONDS_PER_DAY, underWay } from "../../theory/envelope/rates.ts";
import { logBytesPerDay } from "../../theory/envelope/volumes.ts";
import { visitsOf } from "../../visits.ts";
import type { ClassFlow } from "../flow/flow.ts";
import { rateFigures } from "./rate-figures.ts";
import { derivedFigure, told } from "./sourced-figure.ts";

/**
 * What comes in and goes out of a design, with every step from what it states: `traffic.average`, `traffic.peak`, `traffic.reads`,
 * `requests.NAME.peak`, `bandwidth.in` and `.out`, `log.day`. None without requests. Pure.
 */
export function trafficFigures(model: SystemModel, resolved: ResolvedSystem): readonly Figure[] {
  if (resolved.classes.length === 0) return [];
  const { average, peak, all } = rateFigures(model, resolved);
  return [...all, ...bandwidthFigures(resolved, { average, peak }), ...logFigures(resolved, average)];
}

/** How many requests are under way at the peak, and so the least of connections, by Little's law. None where a part is full. */
export function connectionFigures({
  classes,
  perSecond,
}: {
  readonly classes: readonly Pick<ClassFlow, "perSecond" | "latencyMs">[];
  readonly perSecond: number;
}): readonly Figure[] {
  const busy = classes.filter((one) => one.perSecond > 0);
  if (busy.length === 0 || busy.some(({ latencyMs }) => !Number.isFinite(latencyMs.mean))) return [];
  const open = busy.reduce((sum, one) => sum + underWay(one.perSecond, one.latencyMs.mean / 1_000), 0);
  const meanMs = perSecond > 0 ? (open / perSecond) * 1_000 : 0;
  return [
    derivedFigure(told("connections", "requests under way at the peak", open, "count"), {
      formula: "peak × mean time of a request",
      filled: `${rateText(perSecond)} × ${msText(meanMs)}`,
      from: [{ id: "traffic.peak" }],
      publication: "Little, “A Proof for the Queuing Formula L = λW”, Operations Research 9, 1961",
    }),
  ];
}

interface Rates {
  readonly average: Figure;
  readonly peak: Figure;
}

function bandwidthFigures({ classes }: ResolvedSystem, { average, peak }: Rates): readonly Figure[] {
  const directions = [
    { id: "bandwidth.in", what: "bodies that come in", bytes: "requestBytes" },
    { id: "bandwidth.out", what: "bodies that go out", bytes: "responseBytes" },
  ] as const;
  return directions.flatMap(({ id, what, bytes }): Figure[] => {
    const moved = classes.filter((one) => one[bytes] > 0 && one.perSecond > 0);
    if (moved.length === 0) return [];
    const terms = (rate: "perSecond" | "peakPerSecond"): string =>
      moved.map((one) => `${one.name} ${rateText(one[rate])} × ${bytesText(one[bytes])}`).join(" + ");
    const sum = (rate: "perSecond" | "peakPerSecond"): number =>
      moved.reduce((all, one) => all + one[rate] * one[bytes], 0);
    return [
      derivedFigure(told(id, `${what}, on average`, sum("perSecond"), "bytes-per-second"), {
        formula: "rate × size of the body, over all classes",
        filled: terms("perSecond"),
        from: [average],
      }),
      derivedFigure(told(`${id}.peak`, `${what}, at the peak`, sum("peakPerSecond"), "bytes-per-second"), {
        formula: "rate at the peak × size of the body, over all classes",
        filled: terms("peakPerSecond"),
        from: [peak],
      }),
    ];
  });
}

/** What edges write into their access logs: a line for each request that passes one. */
function logFigures({ classes, parts }: ResolvedSystem, average: Figure): readonly Figure[] {
  const edges = parts.filter(({ kind, external }) => kind === "edge" && !external).map(({ name }) => name);
  const passing = classes.reduce((all, { way, perSecond }) => {
    const visits = visitsOf(way);
    return all + perSecond * edges.reduce((sum, name) => sum + (visits.get(name) ?? 0), 0);
  }, 0);
  if (passing === 0) return [];
  const line: Figure = {
    id: "log.line",
    title: "a line of an access log",
    unit: "bytes",
    ...defaultOf("log.line"),
  };
  const value = logBytesPerDay({ perSecond: passing, lineBytes: line.value });
  return [
    line,
    derivedFigure(told("log.day", "access logs of a day", value, "bytes-per-day"), {
      formula: "requests that pass edges on a day × a line",
      filled: `${countText(passing * SECONDS_PER_DAY)} × ${bytesText(line.value)}`,
      from: [average, line],
    }),
  ];
}
