import { systemClock, systemRandom } from "../../blocks/time/index.ts";
import { type Received, type RunningEngine, report, runEngineProcess } from "../process.ts";
import { ReceivedSockets } from "./workers/held-sockets.ts";
import type { EdgeStartOptions } from "./workers/messages.ts";
import { messageHandler, type Serving } from "./workers/serving.ts";
import { startServing } from "./workers/start.ts";

let serving: Serving | undefined;

/**
 * An edge in a process of its own, started with `EdgeStartOptions` and told the messages of `config/messages.ts` and
 * `workers/messages.ts`. With more than one worker, the process serves nobody itself: it is the primary of the workers.
 */
runEngineProcess(async (options: EdgeStartOptions, received: readonly Received[]) => {
  const sockets = new ReceivedSockets();
  for (const { message, handle } of received) sockets.take(message, handle);
  const started = await startServing(options, { clock: systemClock, random: systemRandom, sockets, report });
  serving = started;
  const engine: RunningEngine & { port: number } = {
    port: started.port,
    ended: started.left.then((outcome) => report({ type: "drained", ...outcome })),
    onMessage: messageHandler(started),
    close: () => started.close(),
  };
  return engine;
});

// From the beginning, since it would end the process otherwise.
process.on("SIGHUP", () => void serving?.reopenLog());
