import { randomBytes } from "node:crypto";
import { systemClock } from "../../blocks/time/index.ts";
import { type Received, type RunningEngine, report, runEngineProcess } from "../process.ts";
import { startEdge } from "./edge.ts";
import { EdgeError } from "./errors.ts";
import { ReceivedSockets } from "./workers/held-sockets.ts";
import type { EdgeStartOptions } from "./workers/messages.ts";
import { startPrimary } from "./workers/primary.ts";
import { messageHandler, type Serving } from "./workers/serving.ts";

/**
 * An edge in a process of its own, started with `EdgeStartOptions` and told the messages of `config/messages.ts` and
 * `workers/messages.ts`. With more than one worker, the process serves nobody itself: it is the primary of the workers.
 */
runEngineProcess(async (options: EdgeStartOptions, received: readonly Received[]) => {
  const sockets = new ReceivedSockets();
  for (const { message, handle } of received) sockets.take(message, handle);
  const serving = hasWorkers(options) ? await primary(options, sockets) : await single(options, sockets);
  const engine: RunningEngine & { port: number } = {
    port: serving.port,
    onMessage: messageHandler(serving),
    close: () => serving.close(),
  };
  return engine;
});

function hasWorkers({ config }: Pick<EdgeStartOptions, "config">): boolean {
  return (config.workers ?? 1) > 1;
}

async function primary(options: EdgeStartOptions, sockets: ReceivedSockets): Promise<Serving> {
  const { config, secret = randomBytes(32).toString("base64") } = options;
  return await startPrimary({ clock: systemClock, config, secret, sockets, report });
}

async function single({ config }: EdgeStartOptions, sockets: ReceivedSockets): Promise<Serving> {
  const edge = await startEdge(config, { sockets: sockets.lookup, onEvent: report });
  sockets.close();
  return {
    port: edge.port,
    async update(next, options) {
      if (hasWorkers({ config: next })) {
        throw new EdgeError(
          "INVALID_CONFIG",
          "workers cannot be more than 1 in a process that began with 1: start the edge anew",
        );
      }
      const onApplied = () => {
        options.sockets.close();
        options.onApplied();
      };
      return await edge.update(next, { sockets: options.sockets.lookup, onApplied });
    },
    drain: (options) => edge.drain(options),
    metrics: async () => [],
    close: () => edge.close(),
  };
}
