import type { EdgeConfig } from "../config/index.ts";
import type { EdgeReading } from "../observe/upstream-status.ts";
import type { TlsEvent } from "../tls/index.ts";
import type { Transport } from "./bound-socket.ts";

/**
 * What travels between the processes of an edge, besides `config/messages.ts`: a supervisor or a primary is the parent, a
 * primary or a worker the child. Plain data; a socket goes with its message as Node's IPC channel sends handles.
 */

/** The options of `start`. Sockets are sent before it, each in a message of its own. */
export interface EdgeStartOptions {
  readonly config: EdgeConfig;
  /** Shared by all processes that serve as one edge (base64, 32 bytes): for cookies and TLS tickets. Default: one's own. */
  readonly secret?: string;
}

/** Brings a socket that is bound to an address of the `start` or `update` that follows. */
export interface SocketMessage {
  readonly type: "socket";
  readonly transport: Transport;
  /** As the configuration has them: the port may be 0. */
  readonly host: string;
  readonly port: number;
}

/** An update is in force; `updated` follows once it has drained. Not sent of an update that is refused. */
export interface AppliedMessage {
  readonly type: "applied";
  readonly id: number;
}

/** Asks for an end without a failed request: see `RunningEdge.drain`. The process stays, and waits to be ended. */
export interface DrainMessage {
  readonly type: "drain";
  readonly maxMs?: number;
}

/** The answer to `drain`: nothing is served any more. Told too, once, by a process whose operators asked for it, and which then ends. */
export interface DrainedMessage {
  readonly type: "drained";
  /** Whether all connections had gone by themselves. */
  readonly drained: boolean;
}

/** Asks a primary to replace its workers one by one, without a failed request. */
export interface ReplaceMessage {
  readonly type: "replace";
  readonly id: number;
}

/** The answer to `replace`; with `error`, the workers from that one on are the old ones. */
export interface ReplacedMessage {
  readonly type: "replaced";
  readonly id: number;
  readonly error?: string;
}

/** Told by a primary of each worker that ended unasked, and of its successor that serves. */
export interface WorkerMessage {
  readonly type: "worker";
  /** From 1. */
  readonly worker: number;
  readonly state: "ended" | "serving";
  /** In words, such as `was killed by SIGKILL`. */
  readonly reason: string;
  /** How often it has been started again. */
  readonly restarts: number;
}

/** What the TLS of an edge tells about its files, once for all workers. */
export interface TlsMessage {
  readonly type: "tls";
  readonly event: TlsEvent;
}

/** Has the access log's file opened again, as SIGHUP does: somebody has moved it away. Not answered. */
export interface ReopenLogMessage {
  readonly type: "reopen-log";
}

/** Asks for the numbers that a process keeps. */
export interface MetricsMessage {
  readonly type: "metrics";
  readonly id: number;
}

/** The answer to `metrics`; a primary tells what its workers add up to. */
export interface MetricsAnswer {
  readonly type: "metrics";
  readonly id: number;
  readonly reading: EdgeReading;
}

/** Whether something that came over a channel has the shape of a message of this type. */
export function isMessage(value: unknown, type: string): value is { readonly type: string } {
  return typeof value === "object" && value !== null && "type" in value && value.type === type;
}

/** Whether it is a message that brings a socket. */
export function isSocketMessage(value: unknown): value is SocketMessage {
  if (!isMessage(value, "socket")) return false;
  const { transport, host, port } = value as Partial<SocketMessage>;
  return (
    (transport === "tcp" || transport === "udp") && typeof host === "string" && Number.isSafeInteger(port)
  );
}

/** The number under which it asks or answers, if it has one. */
export function idOf(value: unknown): number | undefined {
  return typeof value === "object" && value !== null && "id" in value && typeof value.id === "number"
    ? value.id
    : undefined;
}
