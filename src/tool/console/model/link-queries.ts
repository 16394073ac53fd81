import type { LinkSource, Reading } from "../../control-api/index.ts";
import { CLIENTS } from "./map-graph.ts";

/** What to ask the metric store for a chart of a link. Pure. */
export interface LinkQuery {
  readonly name: string;
  readonly part: string;
  readonly where: Readonly<Record<string, string>>;
  /** Added to `where` to count what failed; undefined where failures are not told apart. */
  readonly failed?: Readonly<Record<string, string>>;
  /** How latency can be asked for: not at all of what is only counted. */
  readonly latency: readonly Reading[];
  /** In words, where these figures come from. */
  readonly source: string;
}

const PERCENTILES = ["p50", "p90", "p99"] as const;

/**
 * Where the figures of a link are kept, by who measures them: the edge each attempt, a program's own SDK each call, spans each client
 * span, an engine each user's commands.
 */
export function linkQuery(from: string, to: string, source: LinkSource | undefined): LinkQuery {
  if (from === CLIENTS) {
    return {
      name: "http.server.request.duration",
      part: to,
      where: {},
      failed: { "error.type": "*" },
      latency: PERCENTILES,
      source: `Counted by ${to}, each request when it was over`,
    };
  }
  switch (source) {
    case "edge":
      return {
        name: "http.client.request.duration",
        part: from,
        where: { "trestle.peer": to },
        failed: { "error.type": "*" },
        latency: PERCENTILES,
        source: `Counted by ${from}, each attempt`,
      };
    case "engine":
      return {
        name: "redis.command.duration",
        part: to,
        where: { "trestle.user": from },
        latency: PERCENTILES,
        source: `Counted by ${to}, each command; times are without the way there`,
      };
    case "client-metrics":
    case "spans":
    case undefined:
      return {
        name: "trestle.link.duration",
        part: from,
        where: { "trestle.peer": to },
        failed: { error: "true" },
        latency: PERCENTILES,
        source: `Counted from the spans of ${from}, each for as many as its sampling stands for`,
      };
  }
}
