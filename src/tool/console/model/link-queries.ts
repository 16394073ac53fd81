import type { LinkSource, Reading } from "../../control-api/index.ts";
import type { PartKind } from "../../design/model.ts";
import { CLIENTS } from "./map-graph.ts";

/** Which series of the metric store a link's chart is made of. */
export interface LinkSeries {
  readonly name: string;
  readonly part: string;
  readonly where: Readonly<Record<string, string>>;
}

/** What to ask the metric store for the charts of a link. Pure. */
export interface LinkQuery {
  readonly rate: LinkSeries;
  /** Undefined where failures are not told apart. */
  readonly failed?: LinkSeries;
  /** A histogram; undefined of what is only counted. */
  readonly duration?: LinkSeries;
  /** In words, where these figures come from. */
  readonly source: string;
}

/** How latency is asked for. */
export const PERCENTILES = ["p50", "p90", "p99"] as const satisfies readonly Reading[];

/**
 * Where the figures of a link are kept, by who measures them: the edge each attempt, a program's own SDK each call, spans each client
 * span, an engine what its users asked. `toKind` is that of the part that is used.
 */
export function linkQuery(
  from: string,
  to: string,
  source: LinkSource | undefined,
  toKind: PartKind | undefined,
): LinkQuery {
  if (from === CLIENTS) {
    return timed("http.server.request.duration", to, {}, `Counted by ${to}, each request when it was over`);
  }
  const peer = { "trestle.peer": to };
  switch (source) {
    case "edge":
      return timed("http.client.request.duration", from, peer, `Counted by ${from}, each attempt`);
    case "client-metrics": {
      const isStore = toKind === "cache" || toKind === "database";
      const name = isStore ? "db.client.operation.duration" : "http.client.request.duration";
      return timed(name, from, peer, `Measured by ${from}, each call`);
    }
    case "engine":
      return toKind === "database" ? transactions(to) : commands(from, to);
    case "spans":
    case undefined: {
      const rate = { name: "trestle.link.duration", part: from, where: peer };
      return {
        rate,
        failed: { ...rate, where: { ...peer, error: "true" } },
        duration: rate,
        source: `Counted from the spans of ${from}, each for as many as its sampling stands for`,
      };
    }
  }
}

/** A histogram by OpenTelemetry's conventions, which tells failures apart. */
function timed(name: string, part: string, where: LinkSeries["where"], source: string): LinkQuery {
  const rate = { name, part, where };
  return { rate, failed: { ...rate, where: { ...where, "error.type": "*" } }, duration: rate, source };
}

/** A cache counts every command and takes the time of some. */
function commands(from: string, to: string): LinkQuery {
  const of = { part: to, where: { "trestle.user": from } };
  return {
    rate: { ...of, name: "redis.commands.processed" },
    duration: { ...of, name: "redis.command.duration" },
    source: `Counted by ${to}, each command; times are without the way there`,
  };
}

function transactions(to: string): LinkQuery {
  const of = { part: to, where: {} };
  return {
    rate: { ...of, name: "postgresql.commits" },
    failed: { ...of, name: "postgresql.rollbacks" },
    source: `Counted by ${to}, each transaction of all who use it`,
  };
}
