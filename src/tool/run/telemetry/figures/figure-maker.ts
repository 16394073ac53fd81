import type {
  Figures,
  LinkFigures,
  PartFigures,
  ReplicaFigures,
  ReplicaSnapshot,
  RequestFigures,
  SystemState,
} from "../../../control-api/index.ts";
import type { PartModel, SystemModel } from "../../../design/model.ts";
import type { MetricReader, Selection } from "../metric-reader.ts";
import type { PartDirectory } from "../part-directory.ts";
import type { UsageReader } from "../usage/usage-sampler.ts";
import { INTERNAL_EDGE, LinkReader } from "./link-reader.ts";
import { ownFiguresOf } from "./own/own-figures.ts";
import { failuresBy, figuresOfHistogram, requestFigures, sumOf } from "./request-figures.ts";
import { POLLED_WINDOW_MS, reported, reportedByAll, type Stretch, WINDOW_MS } from "./windows.ts";

/** The system's parts at one moment. A `SystemSnapshot` is one, and so is what is cheaper to have: it needs no memory of processes. */
export interface PartsView {
  readonly state: SystemState;
  readonly parts: Iterable<{
    readonly name: string;
    readonly replicas: readonly Pick<ReplicaSnapshot, "id" | "state" | "restarts" | "sinceMs">[];
  }>;
}

export interface FigureSources {
  readonly model: SystemModel;
  readonly reader: MetricReader;
  readonly directory: PartDirectory;
  readonly usage: UsageReader;
}

/**
 * Makes the figures of the map, once a second: rates over 10 s up to the last report, what is polled over 30 s, ratios over a minute. The edge between
 * services is no part of the design and is not shown. Of 50 parts, 200 replicas and 150 links they take a few milliseconds.
 */
export class FigureMaker {
  readonly #sources: FigureSources;
  readonly #links: LinkReader;
  readonly #edges: readonly string[];
  /** Parts of which somebody has told: what is asked nothing now is idle, and not unknown. */
  readonly #told = new Set<string>();

  constructor(sources: FigureSources) {
    this.#sources = sources;
    this.#links = new LinkReader(sources.model, sources.reader, sources.directory);
    const edges = sources.model.parts.filter(({ kind }) => kind === "edge");
    this.#edges = [...edges.map(({ name }) => name), INTERNAL_EDGE];
  }

  /** `nowMs` is wall time, as samples have it. */
  figures(view: PartsView, nowMs: number): Figures {
    const { model } = this.#sources;
    const parts = new Map([...view.parts].map((part) => [part.name, part.replicas]));
    const links = this.#links.read(nowMs, (part) =>
      (parts.get(part) ?? []).flatMap(({ id, state }) => (state.is === "ready" ? [id] : [])),
    );
    const served = this.#by(SERVED, "part", this.#reportedByEdges(SERVED, nowMs));
    const sent = this.#by(SENT, "trestle.peer", this.#reportedByEdges(SENT, nowMs));
    return {
      timeMs: nowMs,
      state: view.state,
      parts: model.parts.map((part) => {
        const requests = this.#requestsOf(part, { served, sent, links, nowMs });
        if (requests) this.#told.add(part.name);
        const shown = requests ?? (this.#told.has(part.name) ? IDLE : undefined);
        return this.#partFigures(part, parts.get(part.name) ?? [], shown, nowMs);
      }),
      links,
    };
  }

  #partFigures(
    model: PartModel,
    snapshots: readonly Pick<ReplicaSnapshot, "id" | "state" | "restarts" | "sinceMs">[],
    requests: RequestFigures | undefined,
    nowMs: number,
  ): PartFigures {
    const { reader, usage } = this.#sources;
    const replicas = snapshots.map(({ id, state, restarts, sinceMs }): ReplicaFigures => {
      const { cpu, memoryBytes } = usage.usageOf(id) ?? {};
      return {
        id,
        state,
        restarts,
        sinceMs,
        ...(cpu === undefined ? {} : { cpu }),
        ...(memoryBytes === undefined ? {} : { memoryBytes }),
      };
    });
    const cpu = total(replicas, "cpu");
    const memoryBytes = total(replicas, "memoryBytes");
    return {
      name: model.name,
      ...(cpu === undefined ? {} : { cpu }),
      ...(memoryBytes === undefined ? {} : { memoryBytes }),
      ...(requests ? { requests } : {}),
      own: ownFiguresOf({ model, replicas, reader, nowMs }),
      replicas,
    };
  }

  /** What a part was asked, by whoever knows best. */
  #requestsOf(part: PartModel, known: Known): RequestFigures | undefined {
    const { name } = part;
    switch (part.kind) {
      case "edge":
        return known.served.get(name);
      case "service":
        // Edges see what never reached the service as well.
        return known.sent.get(name) ?? known.served.get(name) ?? this.#overLinks(name, known.links);
      case "cache":
        return this.#commandsOf(name, known.nowMs) ?? this.#overLinks(name, known.links);
      case "database":
        return this.#overLinks(name, known.links) ?? this.#transactionsOf(name, known.nowMs);
      case "task":
        return undefined;
    }
  }

  #overLinks(name: string, links: readonly LinkFigures[]): RequestFigures | undefined {
    const ways: RequestFigures[] = [];
    for (const { to, requests } of links) {
      if (to !== name || !requests) continue;
      const { source: _source, ...figures } = requests;
      ways.push(figures);
    }
    return sumOf(ways);
  }

  #commandsOf(part: string, nowMs: number): RequestFigures | undefined {
    const { reader } = this.#sources;
    const commands = { name: "redis.commands.processed", part };
    const { fromMs, toMs } = reported(reader, commands, nowMs, WINDOW_MS);
    const timed = reader.histogram({ name: "redis.command.duration", part }, fromMs, toMs);
    if (timed) return figuresOfHistogram(timed, 0, WINDOW_MS);
    const count = reader.increase(commands, fromMs, toMs);
    return count > 0 ? requestFigures({ count }, 0, WINDOW_MS) : undefined;
  }

  #transactionsOf(part: string, nowMs: number): RequestFigures | undefined {
    const { reader } = this.#sources;
    const of = { name: ["postgresql.commits", "postgresql.rollbacks"], part };
    const { fromMs, toMs } = reported(reader, of, nowMs, POLLED_WINDOW_MS);
    const count = reader.increase(of, fromMs, toMs);
    return count > 0 ? requestFigures({ count }, 0, POLLED_WINDOW_MS) : undefined;
  }

  /** Where the reports of all edges end. */
  #reportedByEdges(of: Selection, nowMs: number): Stretch {
    const selections = this.#edges.map((part) => ({ ...of, part }));
    return reportedByAll(this.#sources.reader, selections, nowMs, WINDOW_MS);
  }

  #by(of: Selection, attribute: string, stretch: Stretch): ReadonlyMap<string, RequestFigures> {
    const { reader } = this.#sources;
    const figures = new Map<string, RequestFigures>();
    const readings = reader.histogramBy(of, attribute, stretch.fromMs, stretch.toMs);
    if (readings.size === 0) return figures;
    const failures = failuresBy(reader, of, attribute, stretch, "server");
    for (const [value, reading] of readings) {
      figures.set(value, figuresOfHistogram(reading, failures.get(value) ?? 0, WINDOW_MS));
    }
    return figures;
  }
}

const IDLE: RequestFigures = { perSecond: 0, errorShare: 0 };

const SERVED: Selection = { name: "http.server.request.duration" };
/** Edges alone name the part that they send to. */
const SENT: Selection = { name: "http.client.request.duration", where: { "trestle.peer": "*" } };

/** What was read for all parts at once. */
interface Known {
  readonly served: ReadonlyMap<string, RequestFigures>;
  readonly sent: ReadonlyMap<string, RequestFigures>;
  readonly links: readonly LinkFigures[];
  readonly nowMs: number;
}

/** Undefined when no replica tells. */
function total(replicas: readonly ReplicaFigures[], key: "cpu" | "memoryBytes"): number | undefined {
  let sum: number | undefined;
  for (const replica of replicas) {
    const value = replica[key];
    if (value !== undefined) sum = (sum ?? 0) + value;
  }
  return sum;
}
