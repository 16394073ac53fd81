import { type ChildProcess, fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "../../../blocks/errors/index.ts";
import type { Clock } from "../../../blocks/time/index.ts";
import type { EdgeConfig, EdgeUpdatedMessage } from "../config/index.ts";
import { limitsOf } from "../limits.ts";
import { type HeldSocket, socketMessage } from "./held-sockets.ts";
import { type DrainedMessage, type EdgeStartOptions, idOf, isMessage } from "./messages.ts";

/** A worker takes so long to serve at most; it needs a fraction of a second. */
const START_TIMEOUT_MS = 30_000;
/**
 * Beyond this, nobody waits for a worker to put an update in force: it is stopped, or starved of time, and will read what it
 * was sent before anything else when it goes on.
 */
const APPLY_TIMEOUT_MS = 10_000;
/** A worker keeps to `drainTimeoutMs` by itself; one that says nothing for so much longer holds up nobody any more. */
const DRAIN_PATIENCE_MS = 15_000;
/** A worker that is told to end finishes what is under way for 10 s; then it is killed. */
const END_TIMEOUT_MS = 12_000;
/** How long a worker may take to tell its numbers: whoever asks has others to wait for. */
const METRICS_TIMEOUT_MS = 1_000;

/** What came of an update in one worker. */
export interface UpdateOutcome {
  /** Resolves once it is in force, with why not where it was refused. A worker that has died refuses nothing. */
  readonly applied: Promise<EdgeUpdatedMessage["error"]>;
  /** Resolves once every endpoint that it removed has answered its last request there, or time was up (`false`). */
  readonly drained: Promise<boolean>;
}

/** One worker's process: `main.ts` again, told to serve alone. */
export class WorkerProcess {
  /** Resolves when it is gone, with how, in words. */
  readonly exited: Promise<string>;
  readonly #process: ChildProcess;
  readonly #clock: Clock;
  readonly #onMessage: (message: unknown) => void;
  /** Those who wait for an answer: told each message, and `undefined` at the end. */
  readonly #waiting = new Set<(message: unknown) => void>();
  #hasEnded = false;
  #isServing = false;
  #drainMs = 0;
  #lastId = 0;
  /** The question for its numbers that it has not answered. */
  #asked: number | undefined;

  /** `onMessage` is told all that it says. */
  constructor(clock: Clock, onMessage: (message: unknown) => void) {
    this.#clock = clock;
    this.#onMessage = onMessage;
    const main = new URL(`../main${extname(import.meta.url)}`, import.meta.url);
    this.#process = fork(fileURLToPath(main), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#process.on("message", (message) => {
      // Its end has been told, and what it said before would be taken for the word of somebody who lives.
      if (this.#hasEnded) return;
      if (isMessage(message, "metrics") && idOf(message) === this.#asked) this.#asked = undefined;
      for (const waiter of [...this.#waiting]) waiter(message);
      this.#onMessage(message);
    });
    this.exited = new Promise((resolve) => {
      this.#process.once("exit", (code, signal) =>
        resolve(signal ? `was killed by ${signal}` : `exited with code ${code}`),
      );
      this.#process.on("error", (thrown) => {
        if (this.#process.pid === undefined) resolve(`cannot be started: ${messageOf(thrown)}`);
      });
    });
    void this.exited.then(() => {
      this.#hasEnded = true;
      for (const waiter of [...this.#waiting]) waiter(undefined);
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Resolves with its first port once it serves. Rejects with what hinders it. */
  async start(options: EdgeStartOptions, sockets: readonly HeldSocket[]): Promise<number> {
    this.#drainMs = limitsOf(options.config).drainTimeoutMs;
    this.#sendSockets(sockets);
    const outcome = this.#answer(
      (message) => (isMessage(message, "listening") || isMessage(message, "failed") ? message : undefined),
      START_TIMEOUT_MS,
    );
    this.#send({ type: "start", options });
    const message = await outcome;
    if (message === "ended") throw new Error(await this.exited);
    if (message === "late") throw new Error(`did not serve in ${START_TIMEOUT_MS / 1_000} s`);
    if ("port" in message) {
      this.#isServing = true;
      return Number(message.port);
    }
    throw new Error("message" in message ? String(message.message) : "could not start");
  }

  /** Puts another configuration in force, with the sockets of the listeners that it adds. */
  update(config: EdgeConfig, sockets: readonly HeldSocket[]): UpdateOutcome {
    this.#sendSockets(sockets);
    const id = ++this.#lastId;
    this.#drainMs = limitsOf(config).drainTimeoutMs;
    const isAnswer = (message: unknown) => isMessage(message, "updated") && idOf(message) === id;
    const done = this.#answer(
      (message) => (isAnswer(message) ? (message as EdgeUpdatedMessage) : undefined),
      this.#drainMs + DRAIN_PATIENCE_MS,
    );
    const applied = this.#answer(
      (message) =>
        (isMessage(message, "applied") && idOf(message) === id) || isAnswer(message)
          ? (message as Partial<EdgeUpdatedMessage>)
          : undefined,
      APPLY_TIMEOUT_MS,
    );
    this.#send({ type: "update", id, config });
    return {
      applied: applied.then((message) => (typeof message === "string" ? undefined : refusalIn(message))),
      drained: done.then(
        (message) => message === "ended" || (message !== "late" && (message.drained || hasClosed(message))),
      ),
    };
  }

  /** Resolves once it serves nobody any more, and has told its numbers; with whether its connections had gone by themselves. */
  async drain(maxMs: number | undefined): Promise<boolean> {
    const done = this.#answer(
      (message) => (isMessage(message, "drained") ? (message as DrainedMessage) : undefined),
      (maxMs ?? this.#drainMs) + DRAIN_PATIENCE_MS,
    );
    this.#send({ type: "drain", ...(maxMs === undefined ? {} : { maxMs }) });
    const message = await done;
    if (typeof message === "string") return false;
    await this.askForReading();
    return message.drained;
  }

  /**
   * Has it tell its numbers, in a message like all others. Resolves once it has, or is gone, or has said nothing for a second. One
   * that does not serve yet has none.
   */
  async askForReading(): Promise<void> {
    if (!this.#isServing) return;
    // One that is stopped is asked once, and not again and again, however often somebody wants to know.
    if (this.#asked === undefined) {
      this.#asked = ++this.#lastId;
      this.#send({ type: "metrics", id: this.#asked });
    }
    const id = this.#asked;
    await this.#answer(
      (message) => (isMessage(message, "metrics") && idOf(message) === id ? message : undefined),
      METRICS_TIMEOUT_MS,
    );
  }

  /** Has it open the access log's file again. */
  reopenLog(): void {
    // As a message, since a signal would end a process that is only just beginning.
    this.#send({ type: "reopen-log" });
  }

  /** Asks it to end, and makes it when it takes too long. Resolves once it is gone. */
  async end(): Promise<void> {
    this.#process.kill("SIGTERM");
    const patience = this.#clock.setTimer(END_TIMEOUT_MS, () => this.#process.kill("SIGKILL"));
    await this.exited;
    patience.cancel();
  }

  #sendSockets(sockets: readonly HeldSocket[]): void {
    for (const socket of sockets) {
      // What is sent over a channel is named by its class, which is Node's own for these.
      if (this.#process.connected) this.#process.send(socketMessage(socket), socket.handle as never, ignore);
    }
  }

  #send(message: object): void {
    if (this.#process.connected) this.#process.send(message, ignore);
  }

  /** The first message that `pick` takes; `ended` when the process is gone before, `late` when time is up. */
  #answer<T>(pick: (message: unknown) => T | undefined, timeoutMs: number): Promise<T | "ended" | "late"> {
    if (this.#hasEnded) return Promise.resolve("ended");
    return new Promise((resolve) => {
      const settle = (outcome: T | "ended" | "late") => {
        this.#waiting.delete(waiter);
        patience.cancel();
        resolve(outcome);
      };
      const waiter = (message: unknown) => {
        const picked = message === undefined ? "ended" : pick(message);
        if (picked !== undefined) settle(picked);
      };
      const patience = this.#clock.setTimer(timeoutMs, () => settle("late"));
      this.#waiting.add(waiter);
    });
  }
}

/** Why an update is not in force. One that has drained, and has yet to end, needs none. */
function refusalIn(message: Partial<EdgeUpdatedMessage>): EdgeUpdatedMessage["error"] {
  return hasClosed(message) ? undefined : message.error;
}

function hasClosed({ error }: Partial<EdgeUpdatedMessage>): boolean {
  return error?.code === "CLOSED";
}

/** A process that has just died takes no message; that it died is told by its end. */
function ignore(): void {}
