import { messageOf } from "../blocks/errors/index.ts";

/** What an engine is, to the process that holds it. */
export interface RunningEngine {
  /**
   * Takes a message of the parent that is not `start`, such as a new configuration, and the socket that came with it, if
   * any. Called in the order in which they were sent, and only once the engine has started.
   */
  onMessage?(message: unknown, handle?: unknown): void;
  /** Resolves once it has ended by itself, in order: then the process ends too, with 0. Absent of one that does not. */
  readonly ended?: Promise<unknown>;
  /** Lets what is under way finish, then frees everything. Idempotent. */
  close(): Promise<void>;
}

/** Something that the parent sent before `start`: a message, and the socket that came with it, if any. */
export interface Received {
  readonly message: unknown;
  readonly handle: unknown;
}

/** What an engine process tells its parent. Engines add messages of their own beside these. */
export type EngineReport =
  | { readonly type: "listening"; readonly port: number }
  | { readonly type: "failed"; readonly message: string };

/** Sends a message to the parent, if there still is one. */
export function report(message: EngineReport | { readonly type: string }): void {
  // A parent that dies just now is told of by `disconnect`; that it was not reached is no news.
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}

/**
 * The life of an engine in a process of its own, under a parent that speaks Node's IPC channel.
 *
 * The parent sends `{ type: "start", options }` (so that secrets never stand in the arguments or the environment); the
 * engine answers `listening` or `failed`. It ends on SIGTERM, on SIGINT from the parent, and when the parent is gone: an
 * engine never outlives its supervisor. What was sent before `start` is handed to `start`; what comes while the engine
 * starts waits until it has.
 */
export function runEngineProcess<Options>(
  start: (options: Options, received: readonly Received[]) => Promise<RunningEngine & { port: number }>,
): void {
  let engine: RunningEngine | undefined;
  let waiting: Received[] = [];
  let closing = false;
  const close = async (exitCode: number) => {
    if (closing) return;
    closing = true;
    await engine?.close();
    process.exit(exitCode);
  };
  process.on("message", async (message: { type: string; options: Options }, handle: unknown) => {
    if (message.type !== "start") {
      if (engine) engine.onMessage?.(message, handle);
      else waiting.push({ message, handle });
      return;
    }
    const received = waiting;
    waiting = [];
    try {
      const started = await start(message.options, received);
      engine = started;
      report({ type: "listening", port: started.port });
      for (const one of waiting) started.onMessage?.(one.message, one.handle);
      waiting = [];
      void started.ended?.then(() => close(0));
    } catch (thrown) {
      report({ type: "failed", message: messageOf(thrown) });
      process.exitCode = 1;
      process.disconnect();
    }
  });
  process.on("SIGTERM", () => void close(0));
  // Ctrl-C reaches a whole terminal group; the supervisor alone decides the order in which parts stop.
  process.on("SIGINT", () => {});
  process.on("disconnect", () => void close(process.exitCode === 1 ? 1 : 0));
}
