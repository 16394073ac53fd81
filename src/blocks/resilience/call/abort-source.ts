/** Wants to hear of an abort. */
export interface AbortListener {
  /** Must not throw: others listen too. */
  onAbort(reason: unknown): void;
}

/** Something that is aborted at most once, as those see it who listen. */
export interface Abortable {
  readonly aborted: boolean;
  /** Why, once it is aborted. */
  readonly reason: unknown;
  /** Listens until `unlisten`. To be called only while it is not aborted. */
  listen(listener: AbortListener): void;
  unlisten(listener: AbortListener): void;
}

/** Something that may be aborted once. Listening costs a few nanoseconds, where an `AbortSignal`'s events cost a microsecond. */
export class AbortSource implements Abortable {
  #aborted = false;
  #reason: unknown;
  /** Most have one listener at most, which needs no set. */
  #first: AbortListener | undefined;
  #others: Set<AbortListener> | undefined;

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  listen(listener: AbortListener): void {
    if (this.#first === undefined || this.#first === listener) {
      this.#others?.delete(listener);
      this.#first = listener;
      return;
    }
    this.#others ??= new Set();
    this.#others.add(listener);
  }

  unlisten(listener: AbortListener): void {
    if (this.#first === listener) this.#first = undefined;
    else this.#others?.delete(listener);
  }

  /** How many listen: 0 when nothing leaks. */
  get listeners(): number {
    return (this.#first === undefined ? 0 : 1) + (this.#others?.size ?? 0);
  }

  /**
   * Aborts it, and tells all who listen and have not stopped by the time it is their turn, in no particular order. The first
   * reason stands.
   */
  abort(reason: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    const first = this.#first;
    this.#first = undefined;
    first?.onAbort(reason);
    const others = this.#others;
    if (!others) return;
    for (const listener of others) {
      others.delete(listener);
      listener.onAbort(reason);
    }
  }
}

const sources = new WeakMap<AbortSignal, AbortSource>();

/**
 * The source that stands for a signal. All calls under one signal share its only listener, so that a signal as old as the
 * process (a server's shutdown) does not gather listeners.
 */
export function sourceOf(signal: AbortSignal): AbortSource {
  const known = sources.get(signal);
  if (known) return known;
  const source = new AbortSource();
  if (signal.aborted) source.abort(signal.reason);
  else signal.addEventListener("abort", () => source.abort(signal.reason), { once: true });
  sources.set(signal, source);
  return source;
}
