import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { SimulatedClock } from "../../../../blocks/time/index.ts";
import type { EdgeLimits, UpstreamBoundsConfig } from "../../config/index.ts";
import { limitsOf } from "../../limits.ts";
import { type Origin, rawOrigin } from "../../testing/servers.ts";
import { Watch } from "../../watch.ts";
import { boundsOf, type UpstreamLoad } from "../bounds.ts";
import type { LinkUser, UpstreamLink } from "../link.ts";
import type { LinkAsker, LinkClient, LinkPool } from "../link-pool.ts";
import { ConnectionPool } from "../pool.ts";

/** An answer of HTTP/1.1 with the body `ok`. */
export const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** What a scene is made of. */
export interface PoolSceneOptions {
  readonly limits?: Partial<EdgeLimits>;
  readonly bounds?: UpstreamBoundsConfig;
  readonly perClient?: boolean;
  /** What the server sends at the n-th reading of a connection; "": nothing, until the test does. Default `OK`. */
  readonly answer?: (count: number) => string;
}

/** A pool, and a server that answers what it is told, with its connections in the order they came. */
export async function poolScene(options: PoolSceneOptions = {}) {
  const { answer = () => OK } = options;
  const sockets: Socket[] = [];
  const received: string[] = [];
  const origin: Origin = await rawOrigin((socket) => {
    sockets.push(socket);
    let count = 0;
    socket.on("data", (chunk) => {
      received.push(chunk.toString("latin1"));
      count += 1;
      socket.write(answer(count), "latin1");
    });
  });
  const clock = new SimulatedClock();
  const watch = new Watch(clock, 500);
  const load: UpstreamLoad = { requests: 0, pending: 0 };
  const tunnels = new Set<object>();
  const limits = limitsOf({
    limits: { idleUpstreamConnections: 2, idleUpstreamMs: 4_000, ...options.limits },
  });
  const pool = new ConnectionPool({
    host: "127.0.0.1",
    port: origin.port,
    limits,
    bounds: boundsOf(options.bounds),
    load,
    tunnels,
    clock,
    watch,
    perClient: options.perClient ?? false,
  });
  const close = async () => {
    pool.close();
    watch.close();
    await origin.kill();
  };
  return { origin, sockets, received, clock, pool, load, tunnels, limits, [Symbol.asyncDispose]: close };
}

/** A request in search of a link, which is told what becomes of it. */
export class Asker implements LinkAsker {
  readonly switches: boolean;
  readonly client: LinkClient | undefined;
  /** What the pool said at once. */
  readonly said: "link" | "queued" | "full";
  link: UpstreamLink | undefined;
  /** What it was told later. */
  readonly told: string[] = [];
  readonly #onLink: (link: UpstreamLink) => void;

  constructor(
    pool: LinkPool,
    options: {
      readonly switches?: boolean;
      readonly client?: LinkClient;
      readonly onLink?: (link: UpstreamLink) => void;
    } = {},
  ) {
    this.switches = options.switches ?? false;
    this.client = options.client;
    this.#onLink = options.onLink ?? (() => {});
    const taken = pool.take(this);
    this.said = typeof taken === "string" ? taken : "link";
    if (typeof taken !== "string") this.link = taken;
  }

  onLink(link: UpstreamLink): void {
    this.link = link;
    this.told.push("link");
    this.#onLink(link);
  }

  onNoLink(why: string): void {
    this.told.push(why);
  }
}

/** A link that the pool has at once. */
export function taken(pool: LinkPool, switches = false): UpstreamLink {
  const { link } = new Asker(pool, { switches });
  assert.ok(link, "the pool has a link at once");
  return link;
}

/** Sends a request, and resolves with the answer's body, or with `failed: ` and why. */
export function asked(link: UpstreamLink, hasBody = false): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const user: LinkUser = {
    onConnected() {},
    onDrain() {},
    onInterim() {},
    onSwitched(_answer, socket) {
      socket.destroy();
      resolve("switched");
    },
    onAnswer(answer) {
      let body = "";
      answer.listen({
        onData(chunk) {
          body += chunk.toString("latin1");
        },
        onPause() {},
        onEnd: () => resolve(body),
        onBroken: () => resolve(`broken: ${body}`),
      });
    },
    onFailure: ({ kind }) => resolve(`failed: ${kind}`),
  };
  sendOn(link, user, hasBody);
  return promise;
}

/** Sends a request, whose body is up to the caller. */
export function sendOn(link: UpstreamLink, user: LinkUser, hasBody = false, switches = false): void {
  link.send(
    {
      method: hasBody ? "POST" : "GET",
      target: "/",
      fields: ["Host", "x"],
      hasBody,
      chunked: hasBody,
      headerBytes: 1_000,
      headerFields: 100,
      switches,
    },
    user,
  );
}
