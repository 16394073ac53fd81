import type { Clock } from "../../blocks/time/index.ts";
import type { EdgeConfig, EdgeUpdateMessage } from "../../engines/edge/config/index.ts";
import { limitsOf } from "../../engines/edge/limits.ts";
import { type HeldSocket, socketMessage } from "../../engines/edge/workers/held-sockets.ts";
import {
  type EdgeStartOptions,
  idOf,
  type TlsMessage,
  type WorkerMessage,
} from "../../engines/edge/workers/messages.ts";
import { tlsWords } from "../../engines/edge/workers/tls-reports.ts";
import type { Child } from "./child.ts";
import { isReport, startOverChannel } from "./engine-channel.ts";

/**
 * Sends an edge's process its sockets and its options, and resolves once it serves. Rejects with what hinders it. `notice` is
 * told of workers that end unasked and of certificates, for as long as the process lives.
 */
export async function startEdge(
  child: Child,
  options: EdgeStartOptions,
  sockets: readonly HeldSocket[],
  signal: AbortSignal,
  notice: (message: string) => void,
): Promise<void> {
  for (const socket of sockets) child.send(socketMessage(socket), socket.handle);
  child.onMessage((message) => {
    if (!isReport(message)) return;
    if (message.type === "tls") notice(tlsWords((message as unknown as TlsMessage).event));
    if (message.type !== "worker") return;
    const { worker, state, reason } = message as unknown as WorkerMessage;
    if (state === "ended") notice(`worker ${worker} ${reason}; it is started again`);
  });
  await startOverChannel(child, options, signal);
}

let lastUpdate = 0;

/** Puts another configuration in force. Resolves once the endpoints that it removed have answered their last request. */
export function updateEdge(child: Child, config: EdgeConfig, clock: Clock): Promise<void> {
  const message: EdgeUpdateMessage = { type: "update", id: ++lastUpdate, config };
  const isAnswer = (type: string, id: number | undefined) => type === "updated" && id === message.id;
  return answered(child, message, { clock, isAnswer, patienceMs: patienceFor(config) });
}

/** Lets an edge with this configuration go without failing a request: resolves once it serves nobody any more. */
export function drainEdge(child: Child, config: EdgeConfig, clock: Clock): Promise<void> {
  const isAnswer = (type: string) => type === "drained";
  return answered(child, { type: "drain" }, { clock, isAnswer, patienceMs: patienceFor(config) });
}

/** An edge ends what is under way by itself when time is up; one that says nothing for so much longer hinders nobody any more. */
const PATIENCE_MS = 30_000;

function patienceFor(config: EdgeConfig): number {
  return limitsOf(config).drainTimeoutMs + PATIENCE_MS;
}

interface Awaited {
  readonly clock: Clock;
  readonly patienceMs: number;
  readonly isAnswer: (type: string, id: number | undefined) => boolean;
}

function answered(child: Child, message: object, { clock, patienceMs, isAnswer }: Awaited): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      patience.cancel();
      end();
      resolve();
    };
    const patience = clock.setTimer(patienceMs, done);
    const end = child.onMessage((answer) => {
      if (isReport(answer) && isAnswer(answer.type, idOf(answer))) done();
    });
    // With the process, its requests are gone too.
    void child.exited.then(done);
    child.send(message);
  });
}
