import { createServer, type Server, type Socket } from "node:net";
import { getHeapStatistics } from "node:v8";
import { codeOf, messageOf } from "../../../blocks/errors/index.ts";
import { systemClock, systemRandom } from "../../../blocks/time/index.ts";
import type { RunningEngine } from "../../process.ts";
import { COMMANDS } from "../commands/table.ts";
import { Engine, type ProcessFacts } from "../core/index.ts";
import { CacheError } from "../errors.ts";
import { type CacheOptions, type ResolvedCacheOptions, resolveCacheOptions } from "../options.ts";
import { Connection } from "./connection.ts";
import { ExpiryTimer } from "./expiry-timer.ts";
import { userFinder } from "./password.ts";

/** The Redis that this cache answers like: the first that knows all of its commands. */
const COMPATIBLE_VERSION = "7.2.4";
/** The share of the runtime's heap that entries may take; collecting garbage needs the rest. */
const HEAP_SHARE = 0.6;
/** How long clients have to read their last answers when the cache closes. */
const CLOSE_MS = 1000;

/** A running cache, at `port`. */
export type RunningCache = RunningEngine & { readonly port: number };

/**
 * Starts a cache and resolves once it listens.
 *
 * @throws CacheError `BAD_OPTION`, `PUBLIC_WITHOUT_PASSWORD`, `PORT_IN_USE`, `CANNOT_LISTEN`
 */
export async function startCache(options: CacheOptions): Promise<RunningCache> {
  const { clock = systemClock, random = systemRandom } = options;
  const facts = processFacts(random);
  const resolved = resolveCacheOptions(options, facts.memoryBytesMax);
  const engine = new Engine({
    memoryBytes: resolved.memoryBytes,
    limits: resolved.limits,
    commands: COMMANDS,
    facts,
    wallMs: () => clock.wallMs(),
    random,
    ...(resolved.passwords.size === 0 ? {} : { userOf: userFinder(resolved.passwords) }),
    users: Object.keys(options.users ?? {}),
  });
  const expiry = new ExpiryTimer(engine, clock);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, keepAlive: true, allowHalfOpen: true }, (socket) => {
    if (sockets.size >= resolved.limits.clients) return refuse(socket, engine);
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    new Connection(socket, engine, () => expiry.wake());
  });
  facts.port = await listen(server, resolved);
  const telemetry = resolved.telemetry && (await telemetryOf(engine, resolved.telemetry, { clock, random }));
  let closed: Promise<void> | undefined;
  const close = () => {
    expiry.close();
    const gone = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroySoon();
    const patience = clock.setTimer(CLOSE_MS, () => {
      for (const socket of sockets) socket.destroy();
    });
    // The last numbers are those of the end.
    return gone.then(() => patience.cancel()).then(() => telemetry?.close());
  };
  return {
    port: facts.port,
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

async function telemetryOf(
  ...options: Parameters<typeof import("./cache-telemetry.ts").startTelemetry>
): Promise<{ close(): Promise<void> }> {
  const { startTelemetry } = await import("./cache-telemetry.ts");
  return startTelemetry(...options);
}

function refuse(socket: Socket, engine: Engine): void {
  engine.stats.refusedConnections++;
  socket.on("error", () => {});
  socket.write("-ERR max number of clients reached\r\n");
  socket.destroySoon();
}

function listen(server: Server, { host, port }: ResolvedCacheOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (thrown) => {
      const taken = codeOf(thrown) === "EADDRINUSE";
      const message = taken
        ? `port ${port} of ${host} is taken: choose another, or end what uses it`
        : `the cache cannot listen on ${host}:${port}: ${messageOf(thrown)}`;
      reject(
        new CacheError(taken ? "PORT_IN_USE" : "CANNOT_LISTEN", message, {
          details: { host, port },
          cause: thrown,
        }),
      );
    });
    server.listen({ host, port }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function processFacts(random: () => number): ProcessFacts {
  const digit = () => Math.floor(random() * 16).toString(16);
  return {
    processId: process.pid,
    runId: Array.from({ length: 40 }, digit).join(""),
    version: COMPATIBLE_VERSION,
    port: 0,
    residentBytes: () => process.memoryUsage.rss(),
    cpuMicros: () => process.cpuUsage(),
    memoryBytesMax: Math.floor(getHeapStatistics().heap_size_limit * HEAP_SHARE),
  };
}
