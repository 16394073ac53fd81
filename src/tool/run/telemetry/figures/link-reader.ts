import type { LinkFigures, LinkSource, RequestFigures } from "../../../control-api/index.ts";
import type { SystemModel } from "../../../design/model.ts";
import type { MetricReader, Selection } from "../metric-reader.ts";
import type { PartDirectory } from "../part-directory.ts";
import { CLIENT_METRICS, type ClientCalls, ClientPeers } from "./client-peers.ts";
import { type DesignLink, linksOf } from "./design-links.ts";
import { failuresBy, figuresOfHistogram, requestFigures, sumOf } from "./request-figures.ts";
import {
  lately,
  POLLED_WINDOW_MS,
  PROGRAM_LAG_MAX_MS,
  reported,
  reportedByAll,
  type Stretch,
  WINDOW_MS,
} from "./windows.ts";

type Told = RequestFigures & { readonly source: LinkSource };
type ByPeer = ReadonlyMap<string, RequestFigures>;

/** The edge between services, which is no part of the design. */
export const INTERNAL_EDGE = "internal-edge";
const EDGE_ATTEMPTS = "http.client.request.duration";
const NONE: ByPeer = new Map();

/**
 * Reads what is known of each link, from the best source that tells of it. A source that has told once goes on to be believed when it
 * counts nothing: the link is idle then.
 */
export class LinkReader {
  readonly links: readonly DesignLink[];
  readonly #reader: MetricReader;
  readonly #clients: ClientPeers;
  readonly #used = new Map<string, ReadonlySet<string>>();
  readonly #lastSource = new Map<string, LinkSource>();

  constructor(model: SystemModel, reader: MetricReader, directory: PartDirectory) {
    this.links = linksOf(model);
    this.#reader = reader;
    this.#clients = new ClientPeers(model.parts, directory);
    for (const { from, to } of this.links) {
      this.#used.set(from, new Set([...(this.#used.get(from) ?? []), to]));
    }
  }

  /** `replicasOf` gives the replicas of a part that run. */
  read(nowMs: number, replicasOf: (part: string) => readonly string[]): readonly LinkFigures[] {
    // What one part tells of all its links is asked for once.
    const cache = new Map<string, ByPeer>();
    const once = (key: string, read: () => ByPeer): ByPeer => {
      const known = cache.get(key) ?? read();
      cache.set(key, known);
      return known;
    };
    return this.links.map((link) => {
      const requests = this.#requestsOn(link, nowMs, once, replicasOf);
      const connections = this.#connectionsOf(link);
      return {
        from: link.from,
        to: link.to,
        ...(requests ? { requests } : {}),
        ...(connections === undefined ? {} : { connections }),
      };
    });
  }

  #requestsOn(
    link: DesignLink,
    nowMs: number,
    once: (key: string, read: () => ByPeer) => ByPeer,
    replicasOf: (part: string) => readonly string[],
  ): Told | undefined {
    const key = `${link.from}\0${link.to}`;
    const source = (is: LinkSource, figures: RequestFigures | undefined): Told | undefined =>
      figures && figures.perSecond > 0 ? { ...figures, source: is } : undefined;
    const ways: (() => Told | undefined)[] =
      link.fromKind === "edge"
        ? [
            () => source("edge", once(link.from, () => this.#byEdge(link.from, nowMs)).get(link.to)),
            () => source("engine", this.#byEngine(link, nowMs, once)),
          ]
        : [
            () =>
              source(
                "client-metrics",
                once(`client ${link.from}`, () =>
                  this.#byClients(link.from, replicasOf(link.from), nowMs),
                ).get(link.to),
              ),
            () =>
              source("spans", once(`spans ${link.from}`, () => this.#bySpans(link.from, nowMs)).get(link.to)),
            () => source("edge", this.#byInternalEdge(link, nowMs, once)),
            () => source("engine", this.#byEngine(link, nowMs, once)),
          ];
    for (const way of ways) {
      const told = way();
      if (!told) continue;
      this.#lastSource.set(key, told.source);
      return told;
    }
    const last = this.#lastSource.get(key);
    return last && { perSecond: 0, errorShare: 0, source: last };
  }

  #byEdge(edge: string, nowMs: number): ByPeer {
    const of: Selection = { name: EDGE_ATTEMPTS, part: edge };
    return this.#figuresBy(of, "trestle.peer", reported(this.#reader, of, nowMs, WINDOW_MS), (stretch) =>
      failuresBy(this.#reader, of, "trestle.peer", stretch, "server"),
    );
  }

  /** Only what a single user can have asked. */
  #byInternalEdge(
    link: DesignLink,
    nowMs: number,
    once: (key: string, read: () => ByPeer) => ByPeer,
  ): RequestFigures | undefined {
    if (link.toKind !== "service" || !link.isOnlyUser) return undefined;
    return once(INTERNAL_EDGE, () => this.#byEdge(INTERNAL_EDGE, nowMs)).get(link.to);
  }

  #byClients(part: string, replicas: readonly string[], nowMs: number): ByPeer {
    const used = this.#used.get(part) ?? new Set<string>();
    const selections = replicas.map((replica) => ({ name: CLIENT_METRICS, part, replica }));
    const stretch = reportedByAll(this.#reader, selections, nowMs, WINDOW_MS, PROGRAM_LAG_MAX_MS);
    const figures = new Map<string, RequestFigures>();
    for (const [peer, calls] of this.#clients.callsOf(part, used, this.#reader, stretch))
      figures.set(peer, figuresOfCalls(calls, WINDOW_MS));
    return figures;
  }

  #bySpans(part: string, nowMs: number): ByPeer {
    const of: Selection = { name: "trestle.link.duration", part };
    return this.#figuresBy(of, "trestle.peer", lately(nowMs, WINDOW_MS), ({ fromMs, toMs }) =>
      this.#reader.increaseBy({ ...of, where: { error: "true" } }, "trestle.peer", fromMs, toMs),
    );
  }

  #byEngine(
    link: DesignLink,
    nowMs: number,
    once: (key: string, read: () => ByPeer) => ByPeer,
  ): RequestFigures | undefined {
    switch (link.toKind) {
      case "cache": {
        const users = once(link.to, () => this.#byUsers(link.to, nowMs));
        // What showed no password of a part's is said to be nobody's.
        return users.get(link.from) ?? (link.isOnlyUser ? sumOf([...users.values()]) : undefined);
      }
      case "database": {
        if (!link.isOnlyUser) return undefined;
        const name = ["postgresql.commits", "postgresql.rollbacks"];
        const of = { name, part: link.to };
        const { fromMs, toMs } = reported(this.#reader, of, nowMs, POLLED_WINDOW_MS);
        const count = this.#reader.increase(of, fromMs, toMs);
        return requestFigures({ count }, 0, POLLED_WINDOW_MS);
      }
      default:
        return undefined;
    }
  }

  #byUsers(cache: string, nowMs: number): ByPeer {
    const commands = { name: "redis.commands.processed", part: cache };
    const stretch = reported(this.#reader, commands, nowMs, WINDOW_MS);
    const timed = this.#figuresBy(
      { name: "redis.command.duration", part: cache },
      "trestle.user",
      stretch,
      () => new Map(),
    );
    const counted = this.#reader.increaseBy(commands, "trestle.user", stretch.fromMs, stretch.toMs);
    const figures = new Map<string, RequestFigures>(timed);
    for (const [user, count] of counted) {
      figures.set(user, { ...timed.get(user), ...requestFigures({ count }, 0, WINDOW_MS) });
    }
    return figures;
  }

  #figuresBy(
    of: Selection,
    attribute: string,
    stretch: Stretch,
    failed: (stretch: Stretch) => ReadonlyMap<string, number>,
  ): ByPeer {
    const { fromMs, toMs } = stretch;
    const readings = this.#reader.histogramBy(of, attribute, fromMs, toMs);
    if (readings.size === 0) return NONE;
    const failures = failed(stretch);
    const figures = new Map<string, RequestFigures>();
    for (const [value, reading] of readings) {
      figures.set(value, figuresOfHistogram(reading, failures.get(value) ?? 0, toMs - fromMs));
    }
    return figures;
  }

  #connectionsOf({ from, fromKind, to, toKind, isOnlyUser }: DesignLink): number | undefined {
    if (fromKind === "edge" && toKind === "service") {
      return this.#reader.last({
        name: "trestle.edge.upstream.connections",
        part: from,
        where: { "trestle.peer": to },
      });
    }
    if (toKind === "database") {
      const byApplication = this.#reader.lastBy({ name: "postgresql.backends", part: to }, "application");
      if (!isOnlyUser) return byApplication.get(from);
      if (byApplication.size === 0) return undefined;
      let others = 0;
      for (const [application, count] of byApplication) if (application !== "trestle") others += count;
      return others;
    }
    if (toKind === "cache" && isOnlyUser)
      return this.#reader.last({ name: "redis.clients.connected", part: to });
    return undefined;
  }
}

function figuresOfCalls({ readings, failures }: ClientCalls, lengthMs: number): RequestFigures {
  const [only] = readings;
  if (only && readings.length === 1) return figuresOfHistogram(only, failures, lengthMs);
  const count = readings.reduce((sum, reading) => sum + reading.count, 0);
  return requestFigures({ count }, failures, lengthMs);
}
