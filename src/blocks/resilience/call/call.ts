import { currentDeadline, type Deadline, earlierOf } from "../deadline/deadline.ts";
import type { Priority } from "../gate.ts";
import { type AbortListener, AbortSource, sourceOf } from "./abort-source.ts";

/** What the work of a call is told. */
export interface CallContext {
  /** Aborted when the caller gives up, the time is up, or another attempt won. Made when it is first read. */
  readonly signal: AbortSignal;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  /** Milliseconds until the deadline that the call is under; `Infinity` without one. */
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

/** The work of one call. */
export type Work<Value> = (context: CallContext) => Value | PromiseLike<Value>;

/** One call, or one attempt of it, on its way through the layers of a policy. */
export class Call extends AbortSource implements CallContext, AbortListener {
  readonly work: Work<unknown>;
  readonly attempt: number;
  readonly options: CallOptions | undefined;
  #parent: AbortSource | undefined;
  #link: "none" | "listening" | "over" = "none";
  #controller: AbortController | undefined;

  constructor(
    work: Work<unknown>,
    options: CallOptions | undefined,
    parent: AbortSource | undefined,
    attempt: number,
  ) {
    super();
    this.work = work;
    this.options = options;
    this.#parent = parent;
    this.attempt = attempt;
  }

  /** The call as its caller makes it. */
  static of(work: Work<unknown>, options: CallOptions | undefined): Call {
    const signal = options?.signal;
    return new Call(work, options, signal && sourceOf(signal), 1);
  }

  /** A part of this call that can be aborted by itself, and is when this one is. To be ended with `end`. */
  child(attempt = this.attempt): Call {
    return new Call(this.work, this.options, this, attempt);
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
    return this.deadline?.remainingMs ?? Number.POSITIVE_INFINITY;
  }

  override get aborted(): boolean {
    return super.aborted || (this.#parent?.aborted ?? false);
  }

  override get reason(): unknown {
    return super.aborted ? super.reason : this.#parent?.reason;
  }

  /** Whether anybody can abort it but whoever made it: not the call of a caller without a signal. */
  get hasParent(): boolean {
    return this.#parent !== undefined;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.aborted) this.#controller.abort(this.reason);
      else this.#listenToParent();
    }
    return this.#controller.signal;
  }

  override listen(listener: AbortListener): void {
    super.listen(listener);
    this.#listenToParent();
  }

  override abort(reason: unknown): void {
    if (super.aborted) return;
    super.abort(reason);
    this.#controller?.abort(reason);
    this.end();
  }

  /** The parent is aborted. */
  onAbort(reason: unknown): void {
    this.abort(reason);
  }

  /** It is over: aborting its parent no longer concerns it, nor work that goes on and only now asks for the signal. */
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
