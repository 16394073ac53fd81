import { Agent } from "node:http";
import { seededRandom, systemClock } from "../../../../blocks/time/index.ts";
import type { BalanceConfig, EdgeConfig } from "../../config/index.ts";
import { type RunningEdge, startEdge } from "../../edge.ts";
import { ask, httpOrigin, type Origin } from "../../testing/servers.ts";

/** A server of an unequal upstream. */
export interface UnequalServer {
  /** How long it takes for a request, however many it has. */
  readonly serviceMs: number;
  readonly weight?: number;
}

/** What clients saw of an upstream. */
export interface Seen {
  /** Requests that each server answered, in the order of the servers. */
  readonly counts: readonly number[];
  /** How long the clients waited, shortest first. */
  readonly tookMs: readonly number[];
  /** The place of the server that answered each request, in the order in which the requests were sent. */
  readonly servers: readonly number[];
}

/** Real servers of different speeds behind a real edge, and clients that each ask again once they are answered. */
export class UnequalScene implements AsyncDisposable {
  readonly #servers: readonly UnequalServer[];
  readonly #origins: readonly Origin[];
  readonly #busy: number[];
  readonly #busiest: number[];
  #edge: RunningEdge | undefined;

  private constructor(servers: readonly UnequalServer[], origins: readonly Origin[], busy: number[]) {
    this.#servers = servers;
    this.#origins = origins;
    this.#busy = busy;
    this.#busiest = busy.map(() => 0);
  }

  /** Servers that are up, and an edge that balances over them: chance is the same in each run. */
  static async open(servers: readonly UnequalServer[], balance: BalanceConfig): Promise<UnequalScene> {
    const busy = servers.map(() => 0);
    const origins: Origin[] = [];
    const scene = new UnequalScene(servers, origins, busy);
    for (const [at, { serviceMs }] of servers.entries()) {
      const origin = await httpOrigin(async (_, response) => {
        scene.#began(at);
        await systemClock.sleep(serviceMs);
        busy[at] = (busy[at] ?? 0) - 1;
        response.end(String(at));
      });
      origins.push(origin);
    }
    scene.#edge = await startEdge(scene.#configOf(balance, []), { random: seededRandom(7) });
    return scene;
  }

  /** The most requests that each server had at once. */
  get busiest(): readonly number[] {
    return this.#busiest;
  }

  /** Balances anew, over all servers but those at the places `without`. */
  async balance(balance: BalanceConfig, without: readonly number[] = []): Promise<void> {
    await this.#edge?.update(this.#configOf(balance, without));
  }

  /** Sends so many requests, from so many clients at a time; `headersOf` tells each request's header fields. */
  async load(
    requests: number,
    clients: number,
    headersOf: (request: number) => readonly string[] = () => [],
  ): Promise<Seen> {
    const port = this.#edge?.port ?? 0;
    const agent = new Agent({ keepAlive: true, maxSockets: clients });
    const tookMs: number[] = [];
    const answers: number[] = [];
    let next = 0;
    const client = async () => {
      for (let request = next++; request < requests; request = next++) {
        const beganMs = systemClock.monotonicMs();
        const { status, body } = await ask(port, { agent, headers: headersOf(request) });
        if (status !== 200) throw new Error(`request ${request} was answered ${status}: ${body}`);
        tookMs.push(systemClock.monotonicMs() - beganMs);
        answers[request] = Number(body);
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
    agent.destroy();
    const counts = this.#servers.map((_, place) => answers.filter((server) => server === place).length);
    return { counts, tookMs: tookMs.sort((one, other) => one - other), servers: answers };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#edge?.close();
    for (const origin of this.#origins) await origin.kill();
  }

  #began(at: number): void {
    const now = (this.#busy[at] ?? 0) + 1;
    this.#busy[at] = now;
    this.#busiest[at] = Math.max(this.#busiest[at] ?? 0, now);
  }

  #configOf(balance: BalanceConfig, without: readonly number[]): EdgeConfig {
    const endpoints = this.#origins.map(({ port }, at) => {
      const { weight = 1 } = this.#servers[at] ?? {};
      return { id: `server.${at}`, host: "127.0.0.1", port, weight };
    });
    return {
      // One hop is trusted, so that a test can speak for many clients.
      listeners: [{ host: "127.0.0.1", port: 0, trustedHops: 1, routes: [{ path: "/*", to: "unequal" }] }],
      upstreams: { unequal: { balance, endpoints: endpoints.filter((_, at) => !without.includes(at)) } },
    };
  }
}

/** The time that so large a share of the clients' requests took at most. */
export function quantileMs({ tookMs }: Seen, share: number): number {
  return tookMs[Math.floor(tookMs.length * share)] ?? 0;
}
