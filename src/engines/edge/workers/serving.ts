import { codeOf, messageOf } from "../../../blocks/errors/index.ts";
import { report } from "../../process.ts";
import type { EdgeConfig, EdgeUpdatedMessage, EdgeUpdateMessage } from "../config/index.ts";
import type { EdgeReading } from "../observe/upstream-status.ts";
import { ReceivedSockets } from "./held-sockets.ts";
import {
  type AppliedMessage,
  type DrainMessage,
  idOf,
  isMessage,
  type MetricsAnswer,
  type ReplacedMessage,
} from "./messages.ts";

/** What a process of an edge does for its parent: a worker for itself, a primary for its workers. */
export interface Serving {
  readonly port: number;
  /** Of the server for operators, where there is one. */
  readonly adminPort: number | undefined;
  /** Resolves once it has drained because its operators asked for that, and its parent did not: the process is to end. */
  readonly left: Promise<{ readonly drained: boolean }>;
  /** `sockets` are those that the parent sent for it; what is left of them is closed. `onApplied`: it is in force. */
  update(
    config: EdgeConfig,
    options: { readonly sockets: ReceivedSockets; readonly onApplied: () => void },
  ): Promise<{ readonly drained: boolean }>;
  drain(options: { readonly maxMs?: number }): Promise<{ readonly drained: boolean }>;
  /** Absent where there are no workers to replace. */
  replaceWorkers?(): Promise<void>;
  /** What it has counted, of a primary by all of its workers, and how the upstreams stand. */
  reading(): Promise<EdgeReading>;
  /** Opens the access log's file again. */
  reopenLog(): Promise<void>;
  close(): Promise<void>;
}

/** Takes a parent's messages in the order in which they come, and answers each. */
export function messageHandler(serving: Serving): (message: unknown, handle: unknown) => void {
  let sockets = new ReceivedSockets();
  return (message, handle) => {
    if (sockets.take(message, handle)) return;
    const id = idOf(message) ?? 0;
    if (isMessage(message, "update")) {
      // Those that came before it are for it.
      const received = sockets;
      sockets = new ReceivedSockets();
      void update(serving, message as EdgeUpdateMessage, received);
    } else if (isMessage(message, "drain")) {
      void drain(serving, message as DrainMessage);
    } else if (isMessage(message, "replace")) {
      void replace(serving, id);
    } else if (isMessage(message, "metrics")) {
      void metrics(serving, id);
    } else if (isMessage(message, "reopen-log")) {
      void serving.reopenLog();
    }
  };
}

async function update(
  serving: Serving,
  { id, config }: EdgeUpdateMessage,
  sockets: ReceivedSockets,
): Promise<void> {
  let answer: EdgeUpdatedMessage;
  try {
    const applied: AppliedMessage = { type: "applied", id };
    const onApplied = () => {
      sockets.close();
      report(applied);
    };
    answer = { type: "updated", id, ...(await serving.update(config, { sockets, onApplied })) };
  } catch (thrown) {
    const error = { code: codeOf(thrown) ?? "UNKNOWN", message: messageOf(thrown) };
    answer = { type: "updated", id, drained: false, error };
  } finally {
    sockets.close();
  }
  report(answer);
}

async function drain(serving: Serving, { maxMs }: DrainMessage): Promise<void> {
  const drained = await serving.drain(typeof maxMs === "number" ? { maxMs } : {});
  report({ type: "drained", ...drained });
}

async function replace(serving: Serving, id: number): Promise<void> {
  let answer: ReplacedMessage = { type: "replaced", id };
  try {
    if (!serving.replaceWorkers) throw new Error("this edge has no workers: replace its process");
    await serving.replaceWorkers();
  } catch (thrown) {
    answer = { ...answer, error: messageOf(thrown) };
  }
  report(answer);
}

async function metrics(serving: Serving, id: number): Promise<void> {
  const answer: MetricsAnswer = { type: "metrics", id, reading: await serving.reading() };
  report(answer);
}
