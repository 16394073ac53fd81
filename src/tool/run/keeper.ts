import { messageOf } from "../../blocks/errors/index.ts";
import type { Clock } from "../../blocks/time/index.ts";
import type { LogLine, ReplicaSnapshot, State } from "../control-api/index.ts";
import { BackOff } from "./back-off.ts";
import { Child, type Exit, type Launch } from "./child.ts";
import type { Ledger } from "./ledger.ts";

/** What a keeper keeps running, or runs once. */
export interface Job {
  /** `shortener.2`; an engine's is its part's name. */
  readonly id: string;
  readonly part: string;
  /** `service` is started again whenever it ends; `once` has to end with success, and is done then. */
  readonly life: "service" | "once";
  /** How long it may take to become ready, or, for `once`, to end. */
  readonly startTimeoutMs: number;
  /** How long it may take to end after its stop signal. */
  readonly stopTimeoutMs: number;
  /**
   * Prepares a start and says what to spawn. Called anew for every attempt. An error that says `retryable: false` makes
   * the keeper give up.
   */
  launch(attempt: Attempt): Promise<Launch>;
  /** Resolves once the process serves. Not called for `once`. */
  untilReady(child: Child, attempt: Attempt): Promise<void>;
  /** The port it serves on in this attempt, if any. */
  port?(): number | undefined;
}

/** One attempt at starting a process. */
export interface Attempt {
  /** Aborts when the process ended, the time is up or the keeper stops. */
  readonly signal: AbortSignal;
  /** To be told, in words, what is still missing. */
  readonly onMissing: (what: string) => void;
}

/** What a keeper needs of the supervisor. */
export interface KeeperHost {
  readonly clock: Clock;
  readonly ledger: Ledger;
  onState(keeper: Keeper): void;
  onLine(line: LogLine): void;
}

/** Keeps one process running: starts it, waits until it serves, starts it again when it dies, ends it when told to. */
export class Keeper {
  readonly job: Job;
  restarts = 0;
  sinceMs: number;
  readonly #host: KeeperHost;
  readonly #backOff = new BackOff();
  readonly #stopping = new AbortController();
  readonly #watchers = new Set<() => void>();
  #state: State = { is: "waiting", for: "its turn" };
  #child: Child | undefined;
  /** A process that was spawned ahead and waits for its start. */
  #spare: Promise<Child | undefined> | undefined;
  /** The process that was ended in order to be started again: its end is no failure, and nothing waits after it. */
  #replacing: Child | undefined;
  #loop: Promise<void> | undefined;
  #wake: AbortController | undefined;

  constructor(job: Job, host: KeeperHost) {
    this.job = job;
    this.#host = host;
    this.sinceMs = host.clock.wallMs();
  }

  get state(): State {
    return this.#state;
  }

  get child(): Child | undefined {
    return this.#child;
  }

  /** Whether it serves, or has done its work. */
  get isReady(): boolean {
    return this.#state.is === "ready" || this.#state.is === "done";
  }

  snapshot(): ReplicaSnapshot {
    const port = this.job.port?.();
    const pid = this.#child?.running ? this.#child.pid : undefined;
    return {
      id: this.job.id,
      state: this.#state,
      restarts: this.restarts,
      sinceMs: this.sinceMs,
      ...(pid === undefined ? {} : { pid }),
      ...(port === undefined ? {} : { port }),
    };
  }

  /** Says what it waits for, before it is started. */
  waitFor(what: string): void {
    this.#set({ is: "waiting", for: what });
  }

  /**
   * Spawns the process before it may start, so that its start takes no time later. Only for programs that do nothing
   * until they are told to; where it fails, the start does it again.
   */
  spawnAhead(): void {
    if (this.#stopping.signal.aborted || this.#loop || this.#spare) return;
    // Where it fails, the start will meet the same trouble, and tell it.
    this.#spare = this.#launch({ signal: this.#stopping.signal, onMissing: () => {} }).catch(() => undefined);
  }

  /** Starts it, or starts it anew after it gave up or was done; wakes it from a back-off. */
  start(): void {
    if (this.#stopping.signal.aborted) return;
    this.#backOff.reset();
    this.#wake?.abort();
    this.#loop ??= this.#run();
  }

  /** Ends the running process; the keeper starts it again at once. Resolves when it is ready again, or has failed. */
  async restart(): Promise<State> {
    if (this.#stopping.signal.aborted) return this.#state;
    this.#replacing = this.#child;
    await this.#child?.end(this.job.stopTimeoutMs);
    if (this.#stopping.signal.aborted) return this.settled();
    this.start();
    // What came of the life before is no answer to this question.
    if (isOutcome(this.#state)) this.#set({ is: "starting", for: "its process to start" });
    return this.settled();
  }

  /** Resolves at the first state that is an outcome: ready, done, failed, given up or stopped. */
  settled(): Promise<State> {
    return new Promise((resolve) => {
      const look = () => {
        if (!isOutcome(this.#state)) return;
        this.#watchers.delete(look);
        resolve(this.#state);
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** Ends it in order: stop signal first, SIGKILL after its patience. Idempotent. */
  async stop(): Promise<void> {
    await this.#finish(this.job.stopTimeoutMs);
  }

  /** Ends it at once, even where it is being stopped in order. */
  async kill(): Promise<void> {
    await this.#finish(0);
  }

  async #finish(graceMs: number): Promise<void> {
    if (this.#state.is !== "stopped") this.#set({ is: "stopping" });
    this.#stopping.abort();
    this.#wake?.abort();
    await this.#child?.end(graceMs);
    await this.#loop;
    this.#set({ is: "stopped" });
  }

  async #run(): Promise<void> {
    const stopping = this.#stopping.signal;
    for (let attempt = 0; !stopping.aborted; attempt++) {
      if (attempt > 0) this.restarts += 1;
      const end = await this.#attempt();
      if (stopping.aborted) return;
      if (end === "done") return this.#leave({ is: "done" });
      if (end.child !== undefined && end.child === this.#replacing) continue;
      const { reason } = end;
      if (end.final) return this.#leave({ is: "gave-up", reason });
      const { waitMs, looping } = this.#backOff.failed(end.readyMs);
      // Before it is told: whoever hears of it may want to start or to stop it at once.
      const wake = new AbortController();
      this.#wake = wake;
      this.#set({ is: "failed", reason, looping, retryInMs: waitMs });
      await this.#pause(waitMs, wake.signal);
    }
  }

  /** Ends the loop in a state that only somebody else's call can change: from then on, that call may start it anew. */
  #leave(state: State): void {
    this.#loop = undefined;
    this.#set(state);
  }

  /** One life of the process. What is returned counts for nothing once the keeper stops. */
  async #attempt(): Promise<End> {
    const { clock } = this.#host;
    const { job } = this;
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.#stopping.signal]);
    let missing = "its process to start";
    const onMissing = (what: string) => {
      missing = what;
      if (!signal.aborted) this.#set({ is: "starting", for: what });
    };
    onMissing(missing);

    let child: Child;
    try {
      child = (await this.#takeSpare()) ?? (await this.#launch({ signal, onMissing }));
      if (signal.aborted) return failed(signal.reason);
    } catch (thrown) {
      over.abort(thrown);
      return failed(thrown);
    }
    let exit: Exit | undefined;
    void child.exited.then((how) => {
      exit = how;
      over.abort(new Error(how.reason));
    });
    const timer = clock.setTimer(job.startTimeoutMs, () => over.abort(new Error(tooLate(job, missing))));
    try {
      if (job.life === "once") return await this.#untilDone(child, signal);
      await settledBy(job.untilReady(child, { signal, onMissing }), signal);
    } catch (thrown) {
      // How it ended says more than what it was still awaited for. (Asked before it is ended from here.)
      const failure = failed(exit ? exit.reason : thrown);
      await child.end(job.stopTimeoutMs);
      return { ...failure, child };
    } finally {
      timer.cancel();
    }
    const readySince = clock.monotonicMs();
    if (!signal.aborted) this.#set({ is: "ready" });
    const { reason } = await child.exited;
    const readyMs = clock.monotonicMs() - readySince;
    await child.clear();
    return { reason, readyMs, final: false, child };
  }

  async #untilDone(child: Child, signal: AbortSignal): Promise<End> {
    this.#set({ is: "starting", for: "its command to end" });
    const exit = await Promise.race([child.exited, aborted(signal)]);
    await child.end(this.job.stopTimeoutMs);
    if (exit?.succeeded) return "done";
    return { reason: exit?.reason ?? messageOf(signal.reason), readyMs: 0, final: true, child };
  }

  async #takeSpare(): Promise<Child | undefined> {
    const spare = await this.#spare;
    this.#spare = undefined;
    return spare?.running ? spare : undefined;
  }

  async #launch(attempt: Attempt): Promise<Child> {
    const { job } = this;
    const launch = await job.launch(attempt);
    attempt.signal.throwIfAborted();
    const child = new Child(launch, this.#host.clock, (stream, text) =>
      this.#host.onLine({ part: job.part, replica: job.id, stream, text }),
    );
    this.#child = child;
    if (child.identity) this.#host.ledger.add(child.identity, job.id, launch.stopSignal);
    return child;
  }

  async #pause(waitMs: number, signal: AbortSignal): Promise<void> {
    try {
      await this.#host.clock.sleep(waitMs, { signal });
    } catch {
      // Woken: somebody asked for a fresh start, or for the end.
    } finally {
      this.#wake = undefined;
    }
  }

  #set(state: State): void {
    if (sameState(this.#state, state)) return;
    this.#state = state;
    this.sinceMs = this.#host.clock.wallMs();
    this.#host.onState(this);
    for (const watcher of [...this.#watchers]) watcher();
  }
}

/** How one life of the process ended. */
type End = "done" | Failure;

interface Failure {
  readonly reason: string;
  /** How long it had been ready. */
  readonly readyMs: number;
  /** Trying again cannot help. */
  readonly final: boolean;
  /** Absent where none came to be. */
  readonly child?: Child;
}

function failed(thrown: unknown): Failure {
  const reason = typeof thrown === "string" ? thrown : messageOf(thrown);
  const final = thrown instanceof Error && "retryable" in thrown && thrown.retryable === false;
  return { reason, readyMs: 0, final };
}

/** Whether a state says what came of a start. */
function isOutcome({ is }: State): boolean {
  return is !== "waiting" && is !== "starting" && is !== "stopping";
}

function tooLate(job: Job, missing: string): string {
  const limit = `${Math.round(job.startTimeoutMs / 100) / 10} s`;
  return job.life === "once"
    ? `did not end in ${limit}`
    : `was not ready in ${limit}: it waited for ${missing}`;
}

function sameState(one: State, other: State): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The promise, or the signal's reason when that comes first. */
function settledBy<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return Promise.race([promise, aborted(signal).then(() => Promise.reject(signal.reason))]);
}

/** Resolves when the signal aborts. */
function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}
