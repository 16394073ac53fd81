import { currentDeadline, type Deadline, earlierOf } from "../deadline/deadline.ts";
import type { Priority } from "../gate.ts";
import { type Abortable, type AbortListener, AbortSource, sourceOf } from "./abort-source.ts";

/** What the work of a call is told. */
export interface CallContext {
  /** Aborted when the caller gives up, the time is up, or another attempt won. Made when it is first read. */
  readonly signal: AbortSignal;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  /**
   * Milliseconds that the call has left: until its deadline or the end of a timeout around it, whichever is first. 0 or less
   * when it is over; `Infinity` without either.
   */
  readonly remainingMs: number;
  /** What the caller named the call by, if anything. */
  readonly key: string | undefined;
  readonly priority: Priority;
}

/** What a caller may say about one call. */
export interface CallOptions {
  /** Gives the call up: it rejects with the signal's reason at once, even when the work does not listen. */
  readonly signal?: AbortSignal | undefined;
  /** The deadline of the work that this call is part of, if any, stays in force when it is earlier. */
  readonly deadline?: Deadline | undefined;
  /** What is asked for: fallbacks remember the last good value by it, hedges and rate limits tell calls apart. */
  readonly key?: string | undefined;
  /** Default `normal`. */
  readonly priority?: Priority | undefined;
}

/** How much time something has left. */
export interface TimeLeft {
  /** Milliseconds; 0 or less when it is over. */
  readonly remainingMs: number;
}

/** The work of one call. */
export type Work<Value> = (context: CallContext) => Value | PromiseLike<Value>;

/**
 * One call, or one attempt of it, on its way through the layers of a policy. Made for each: so it is small, and what few calls
 * need is made when it is.
 */
export class Call implements CallContext, Abortable {
  readonly work: Work<unknown>;
  readonly attempt: number;
  readonly options: CallOptions | undefined;
  readonly #parent: Abortable | undefined;
  /** What ends it for certain, besides its caller: the nearest timeout around it. */
  readonly within: TimeLeft | undefined;
  /** Made by the first who listens, asks for the signal or aborts it. Nearly all calls are over before that. */
  #own: OwnAborts | undefined;
  #isOver = false;

  constructor(
    work: Work<unknown>,
    options: CallOptions | undefined,
    parent: Abortable | undefined,
    attempt: number,
    within: TimeLeft | undefined,
  ) {
    this.work = work;
    this.options = options;
    this.#parent = parent;
    this.within = within;
    this.attempt = attempt;
  }

  /** The call as its caller makes it. */
  static of(work: Work<unknown>, options: CallOptions | undefined): Call {
    const signal = options?.signal;
    return new Call(work, options, signal && sourceOf(signal), 1, undefined);
  }

  /**
   * A part of this call that can be aborted by itself, and is when this one is. To be ended with `end`. `within`: what bounds
   * its time, besides a deadline; default: what bounds this one's.
   */
  child(attempt = this.attempt, within = this.within): Call {
    return new Call(this.work, this.options, this, attempt, within);
  }

  get key(): string | undefined {
    return this.options?.key;
  }

  get priority(): Priority {
    return this.options?.priority ?? "normal";
  }

  /** The deadline that it is under: its own or that of the work that it is part of, whichever is earlier. */
  get deadline(): Deadline | undefined {
    const current = currentDeadline();
    const own = this.options?.deadline;
    return own && current ? earlierOf(current, own) : (own ?? current);
  }

  get remainingMs(): number {
    const deadlineMs = this.deadline?.remainingMs ?? Number.POSITIVE_INFINITY;
    return this.within ? Math.min(deadlineMs, this.within.remainingMs) : deadlineMs;
  }

  get aborted(): boolean {
    return (this.#own?.aborted ?? false) || (this.#parent?.aborted ?? false);
  }

  get reason(): unknown {
    return this.#own?.aborted ? this.#own.reason : this.#parent?.reason;
  }

  /** Whether anybody can abort it but whoever made it: not the call of a caller without a signal. */
  get hasParent(): boolean {
    return this.#parent !== undefined;
  }

  get signal(): AbortSignal {
    return this.#aborts().signal;
  }

  /** How many listen: 0 when nothing leaks. */
  get listeners(): number {
    return this.#own?.listeners ?? 0;
  }

  listen(listener: AbortListener): void {
    this.#aborts().listen(listener);
  }

  unlisten(listener: AbortListener): void {
    this.#own?.unlisten(listener);
  }

  abort(reason: unknown): void {
    this.#aborts().abort(reason);
  }

  /** It is over: aborting its parent no longer concerns it, nor work that goes on and only now asks for the signal. */
  end(): void {
    this.#isOver = true;
    this.#own?.end();
  }

  #aborts(): OwnAborts {
    if (!this.#own) {
      this.#own = new OwnAborts(this.#parent);
      if (this.#isOver) this.#own.end();
    }
    return this.#own;
  }
}

/** What can be aborted by itself, and is when its parent is. */
class OwnAborts extends AbortSource implements AbortListener {
  readonly #parent: Abortable | undefined;
  #link: "none" | "listening" | "over" = "none";
  #controller: AbortController | undefined;

  constructor(parent: Abortable | undefined) {
    super();
    this.#parent = parent;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.aborted) this.#controller.abort(this.reason);
      else if (this.#parent?.aborted) this.#controller.abort(this.#parent.reason);
      else this.#listenToParent();
    }
    return this.#controller.signal;
  }

  override listen(listener: AbortListener): void {
    super.listen(listener);
    this.#listenToParent();
  }

  override abort(reason: unknown): void {
    if (this.aborted) return;
    super.abort(reason);
    this.#controller?.abort(reason);
    this.end();
  }

  /** The parent is aborted. */
  onAbort(reason: unknown): void {
    this.abort(reason);
  }

  end(): void {
    if (this.#link === "listening") this.#parent?.unlisten(this);
    this.#link = "over";
  }

  /** Most calls are never asked for their signal, and then cost their parent nothing. */
  #listenToParent(): void {
    if (this.#link !== "none" || !this.#parent) return;
    this.#link = "listening";
    this.#parent.listen(this);
  }
}
