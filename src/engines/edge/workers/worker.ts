import { messageOf } from "../../../blocks/errors/index.ts";
import { backOff } from "../../../blocks/resilience/retry/back-off.ts";
import type { Clock } from "../../../blocks/time/index.ts";
import type { EdgeConfig } from "../config/index.ts";
import type { HeldSocket } from "./held-sockets.ts";
import type { EdgeStartOptions, WorkerMessage } from "./messages.ts";
import { type UpdateOutcome, WorkerProcess } from "./worker-process.ts";

/** A worker that ends again and again is started again after 100 ms, 200 ms, … 10 s. No jitter: it disturbs nobody. */
const WAITS = backOff({ firstMs: 100, maxMs: 10_000, jitter: "none" });
/** One that served for so long begins the row anew. */
const STABLE_AFTER_MS = 10_000;

/** What a worker needs of the primary. */
export interface WorkerHost {
  readonly clock: Clock;
  /** What a process of this worker is started with, at this moment. */
  plan(worker: number): { readonly options: EdgeStartOptions; readonly sockets: readonly HeldSocket[] };
  /** Told of each process, before it does anything. */
  onSpawned(source: WorkerProcess): void;
  /** Told all that its processes say; `source` tells them apart. */
  onMessage(source: WorkerProcess, message: unknown): void;
  onGone(source: WorkerProcess): void;
  report(message: WorkerMessage): void;
}

/** One of the workers: a process that serves, its successor when it dies or is to be replaced, its predecessor while it drains. */
export class Worker {
  /** From 1. */
  readonly number: number;
  restarts = 0;
  readonly #host: WorkerHost;
  readonly #closing = new AbortController();
  /** All that live, so that none is forgotten. */
  readonly #processes = new Set<WorkerProcess>();
  /** The one that serves. */
  #current: WorkerProcess | undefined;
  #servingSinceMs = 0;
  #failures = 0;

  constructor(number: number, host: WorkerHost) {
    this.number = number;
    this.#host = host;
  }

  /** Resolves with its first port once it serves for the first time. Rejects with what hinders it. */
  start(): Promise<number> {
    return this.#bring(undefined);
  }

  /** Starts it, and again after growing waits where that fails. */
  startBeside(): void {
    void this.#bring(undefined).catch((thrown: unknown) => this.#revive(messageOf(thrown), 0));
  }

  /**
   * Starts a successor, waits until it serves, and lets the process that served until now go without failing a request.
   * Rejects when the successor does not come to serve; then nothing has changed. One that is being started again anyway is
   * left alone.
   */
  async replace(): Promise<void> {
    const predecessor = this.#current;
    if (!predecessor || this.#closing.signal.aborted) return;
    await this.#bring(predecessor);
    await predecessor.drain(undefined);
    await predecessor.end();
  }

  /** Tells every process of it, those included that start or drain. */
  update(config: EdgeConfig, sockets: readonly HeldSocket[]): UpdateOutcome[] {
    return [...this.#processes].map((process) => process.update(config, sockets));
  }

  /** Has its processes tell their numbers, a predecessor that drains included. */
  async askForReadings(): Promise<void> {
    await Promise.all([...this.#processes].map((process) => process.askForReading()));
  }

  /** Has its processes open the access log's file again. */
  reopenLog(): void {
    for (const process of this.#processes) process.reopenLog();
  }

  /** Lets it go without failing a request, for good. */
  async drain(maxMs: number | undefined): Promise<boolean> {
    this.#closing.abort();
    const drained = await Promise.all([...this.#processes].map((process) => process.drain(maxMs)));
    return drained.every((one) => one);
  }

  /** Ends its processes in order. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#processes].map((process) => process.end()));
  }

  /** Starts a process in the place of `predecessor`. It serves when this resolves. */
  async #bring(predecessor: WorkerProcess | undefined): Promise<number> {
    // Whoever ends it looks at the processes that there are at that moment.
    if (this.#closing.signal.aborted) throw new Error("the edge is being closed");
    const process: WorkerProcess = new WorkerProcess(this.#host.clock, (message) =>
      this.#host.onMessage(process, message),
    );
    this.#processes.add(process);
    this.#host.onSpawned(process);
    void process.exited.then((reason) => this.#onExit(process, reason));
    try {
      const { options, sockets } = this.#host.plan(this.number);
      const port = await process.start(options, sockets);
      if (this.#closing.signal.aborted) throw new Error("the edge is being closed");
      // The predecessor may have died meanwhile, and somebody else come in its place.
      if (this.#current !== predecessor && this.#current) throw new Error("another one serves already");
      this.#current = process;
      this.#servingSinceMs = this.#host.clock.monotonicMs();
      return port;
    } catch (thrown) {
      await process.end();
      throw thrown;
    }
  }

  #onExit(process: WorkerProcess, reason: string): void {
    this.#processes.delete(process);
    this.#host.onGone(process);
    if (process !== this.#current) return;
    this.#current = undefined;
    void this.#revive(reason, this.#host.clock.monotonicMs() - this.#servingSinceMs);
  }

  /** Starts it again, after growing waits, until it serves. Never rejects. */
  async #revive(why: string, servedMs: number): Promise<void> {
    const { signal } = this.#closing;
    if (servedMs >= STABLE_AFTER_MS) this.#failures = 0;
    for (let reason = why; !signal.aborted && !this.#current; ) {
      this.#failures += 1;
      this.#report("ended", reason);
      try {
        await this.#host.clock.sleep(
          WAITS.delayMs(this.#failures, 0, () => 0),
          { signal },
        );
        if (this.#current) return;
        this.restarts += 1;
        await this.#bring(undefined);
        this.#report("serving", `started again after it ${reason}`);
        return;
      } catch (thrown) {
        reason = messageOf(thrown);
      }
    }
  }

  #report(state: WorkerMessage["state"], reason: string): void {
    this.#host.report({ type: "worker", worker: this.number, state, reason, restarts: this.restarts });
  }
}
