import type { CircuitStore } from "../circuit-store.ts";

/**
 * What may befall a request: it passes; it fails at once, by throwing or rejecting; it takes effect and the answer is lost; or
 * no answer ever comes.
 */
export type StoreFault = "none" | "throws" | "rejects" | "answer lost" | "never answers";

/** A store with the faults that a test asks for. */
export class FaultyCircuitStore implements CircuitStore {
  fault: StoreFault = "none";
  /** Requests that were made, those that failed included. */
  requests = 0;
  /** Requests that were not answered yet, and the most of them at once. */
  underWay = 0;
  underWayMax = 0;
  readonly #store: CircuitStore;

  constructor(store: CircuitStore) {
    this.#store = store;
  }

  get(key: string): Promise<string | null> {
    return this.#pass(() => this.#store.get(key));
  }

  set(key: string, value: string, ttlMs: number, options?: { onlyIfAbsent?: boolean }): Promise<boolean> {
    return this.#pass(() => this.#store.set(key, value, ttlMs, options));
  }

  #pass<Answer>(request: () => Promise<Answer>): Promise<Answer> {
    this.requests++;
    const { fault } = this;
    if (fault === "throws") throw new Error("the store is lost");
    if (fault === "rejects") return Promise.reject(new Error("the store is lost"));
    if (fault === "never answers") return new Promise(() => {});
    this.underWay++;
    this.underWayMax = Math.max(this.underWayMax, this.underWay);
    return request()
      .finally(() => this.underWay--)
      .then((answer) => {
        if (fault === "answer lost") throw new Error("the answer was lost");
        return answer;
      });
  }
}
