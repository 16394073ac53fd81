import { type AbortListener, type AbortSource, sourceOf } from "./call/abort-source.ts";
import { Call, type CallContext } from "./call/call.ts";

/**
 * Lets calls that ask for the same share one piece of work: while it is under way for a key, whoever asks for the key waits for
 * that. Against the stampede of loads when an entry of a cache ends.
 *
 * It holds no more than what its callers wait for, and nothing once that is done: it is no cache.
 */
export class SingleFlight<Value> {
  readonly #flights = new Map<string, Flight<Value>>();

  /** How many keys have work under way that can be joined. */
  get size(): number {
    return this.#flights.size;
  }

  /**
   * Joins the work under way for the key, or begins it. Resolves and rejects as the work does, for all who joined.
   *
   * A caller whose signal is aborted stops waiting, with the signal's reason, and disturbs nobody else. When the last has
   * left, the work's own signal is aborted, and nobody can join it any more.
   *
   * The work runs in the asynchronous context of the caller who began it, and so under that one's deadline. It must not ask
   * for its own key: it would wait for itself.
   */
  run(
    key: string,
    work: (context: CallContext) => Value | PromiseLike<Value>,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<Value> {
    const source = options.signal && sourceOf(options.signal);
    if (source?.aborted) return Promise.reject(source.reason);
    const underWay = this.#flights.get(key);
    if (underWay) return underWay.join(source);
    const flight = new Flight(this.#flights, key, new Call(work, { key }, undefined, 1, undefined));
    const joined = flight.join(source);
    flight.begin(work);
    return joined;
  }

  /**
   * Lets nobody join the work under way for the key: the next call begins anew. Those who wait go on waiting. To be called
   * when what is loaded has changed.
   */
  forget(key: string): void {
    this.#flights.delete(key);
  }
}

/** Makes a `SingleFlight`. Keys are any strings; each instance has its own. */
export function singleFlight<Value>(): SingleFlight<Value> {
  return new SingleFlight();
}

/** Work under way, and how many wait for it. */
class Flight<Value> {
  readonly #result = Promise.withResolvers<Value>();
  readonly #flights: Map<string, Flight<Value>>;
  readonly #key: string;
  readonly #call: Call;
  #waiting = 0;

  constructor(flights: Map<string, Flight<Value>>, key: string, call: Call) {
    this.#flights = flights;
    this.#key = key;
    this.#call = call;
    // Before the work begins, which may ask for other keys, and for this one by mistake, without end.
    flights.set(key, this);
  }

  begin(work: (context: CallContext) => Value | PromiseLike<Value>): void {
    try {
      Promise.resolve(work(this.#call)).then(
        (value) => {
          this.#close();
          this.#result.resolve(value);
        },
        (error) => this.#failed(error),
      );
    } catch (thrown) {
      this.#failed(thrown);
    }
  }

  /** Without a source, a caller waits to the end, and all such callers for one promise. */
  join(source: AbortSource | undefined): Promise<Value> {
    this.#waiting++;
    const { promise } = this.#result;
    if (!source) return promise;
    return new Promise((resolve, reject) => {
      const listener: AbortListener = {
        onAbort: (reason) => {
          reject(reason);
          this.#left(reason);
        },
      };
      source.listen(listener);
      promise.then(
        (value) => {
          source.unlisten(listener);
          resolve(value);
        },
        (error) => {
          source.unlisten(listener);
          reject(error);
        },
      );
    });
  }

  #left(reason: unknown): void {
    this.#waiting--;
    if (this.#waiting > 0) return;
    this.#close();
    this.#call.abort(reason);
  }

  #failed(error: unknown): void {
    this.#close();
    this.#result.reject(error);
  }

  /** Nobody joins it any more; one that began after it was forgotten stays. */
  #close(): void {
    if (this.#flights.get(this.#key) === this) this.#flights.delete(this.#key);
  }
}
