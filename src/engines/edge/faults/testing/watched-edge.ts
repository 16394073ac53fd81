import { systemClock } from "../../../../blocks/time/index.ts";
import type { RouteConfig, UpstreamConfig } from "../../config/index.ts";
import { type RunningEdge, startEdge } from "../../edge.ts";
import { configFor } from "../../testing/servers.ts";
import type { ReplicaProcess } from "./replica-process.ts";
import { type Asked, askStrictly, type Saw } from "./strict-client.ts";

/** What an edge has said of a replica. */
export interface Told {
  /** `a down`. */
  readonly what: string;
  readonly reason: string;
  readonly atMs: number;
}

/** An edge over replicas, in this process, and all that it says of them. */
export class WatchedEdge implements AsyncDisposable {
  readonly told: readonly Told[];
  readonly #edge: RunningEdge;

  private constructor(edge: RunningEdge, told: readonly Told[]) {
    this.#edge = edge;
    this.told = told;
  }

  /** Deadlines are met to a tenth of a second. */
  static async over(
    replicas: readonly ReplicaProcess[],
    upstream: Omit<UpstreamConfig, "endpoints">,
    route: Omit<RouteConfig, "path" | "to"> = {},
  ): Promise<WatchedEdge> {
    const told: Told[] = [];
    const config = configFor(
      replicas.map(({ port }) => port),
      {
        listeners: [{ host: "127.0.0.1", port: 0, routes: [{ path: "/*", to: "service", ...route }] }],
        limits: { connectTimeoutMs: 400 },
        upstream,
      },
    );
    const edge = await startEdge(config, {
      onEvent: ({ id, state, reason }) => {
        const { name } = replicas[Number(id.slice("service.".length)) - 1] ?? { name: id };
        told.push({ what: `${name} ${state}`, reason, atMs: systemClock.monotonicMs() });
      },
    });
    return new WatchedEdge(edge, told);
  }

  get port(): number {
    return this.#edge.port;
  }

  /** What it has said, without reasons and times. */
  get words(): readonly string[] {
    return this.told.map(({ what }) => what);
  }

  /** The `count`-th time that it said so. */
  find(what: string, count = 1): Told | undefined {
    return this.told.filter((told) => told.what === what)[count - 1];
  }

  async ask(asked?: Asked): Promise<Saw> {
    return await askStrictly(this.#edge.port, asked);
  }

  /** Who answers so many requests, one after the other; a status in the place of a name where it was none of the replicas. */
  async answerers(count: number, asked?: Asked): Promise<string[]> {
    const names: string[] = [];
    for (let at = 0; at < count; at++) {
      const { by, status } = await this.ask(asked);
      names.push(by === "edge" ? String(status) : by);
    }
    return names;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#edge.close();
  }
}
