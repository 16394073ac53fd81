import type { Clock, Random } from "../../../blocks/time/index.ts";
import type { EdgeConfig, EdgeEndpointMessage } from "../config/index.ts";
import { startEdge } from "../edge.ts";
import type { ReceivedSockets } from "./held-sockets.ts";
import type { TlsMessage } from "./messages.ts";
import type { Serving } from "./serving.ts";

export interface SingleOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly config: EdgeConfig;
  /** What this edge shares with others, base64: see `EdgeStartOptions`. Default: made anew. */
  readonly secret: string | undefined;
  /** Sockets that a supervisor or a primary holds too. Listeners without one are bound here. */
  readonly sockets: ReceivedSockets;
  /** Told of endpoints and of certificates, for the supervising process. */
  readonly report: (message: EdgeEndpointMessage | TlsMessage) => void;
}

/** Starts an edge that serves in this process: a worker, or an edge that has none. Throws `EdgeError` as `startEdge` does. */
export async function startSingle(options: SingleOptions): Promise<Serving> {
  const { clock, random, config, secret, sockets, report } = options;
  const { promise: left, resolve: leave } = Promise.withResolvers<{ readonly drained: boolean }>();
  let isEndedByParent = false;
  const edge = await startEdge(config, {
    clock,
    random,
    ...(secret === undefined ? {} : { secret: Buffer.from(secret, "base64") }),
    sockets: sockets.lookup,
    onEvent: report,
    onTls: (event) => report({ type: "tls", event }),
    onDrained: () => {
      if (!isEndedByParent) leave(edge.drain());
    },
  });
  sockets.close();
  return {
    port: edge.port,
    get adminPort() {
      return edge.adminPort;
    },
    left,
    update: (next, { sockets, onApplied }) => edge.update(next, { sockets: sockets.lookup, onApplied }),
    drain(options) {
      isEndedByParent = true;
      return edge.drain(options);
    },
    reading: async () => edge.reading(),
    reopenLog: () => edge.reopenLog(),
    close: () => edge.close(),
  };
}
