/** What takes part in a common write. */
export interface Committable {
  readonly payload: Uint8Array;
}

interface Pending<Entry> {
  readonly entry: Entry;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Turns many small writes into few: what comes while a write is under way shares the next one, in its order. So the cost of
 * waiting for the disk is shared by as many as wait.
 */
export class GroupCommit<Entry extends Committable> {
  readonly #write: (entries: readonly Entry[]) => Promise<void>;
  readonly #bytesMax: number;
  #pending: Pending<Entry>[] = [];
  #running: Promise<void> | undefined;
  #length = 0;

  /** `write` gets from 1 entry to as many as `bytesMax` bytes hold; what it throws goes to all of them. */
  constructor(options: { write: (entries: readonly Entry[]) => Promise<void>; bytesMax: number }) {
    this.#write = options.write;
    this.#bytesMax = options.bytesMax;
  }

  /** How many are being written or wait for it. */
  get length(): number {
    return this.#length;
  }

  /** Resolves when the entry is written. */
  add(entry: Entry): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#pending.push({ entry, resolve, reject });
    this.#length++;
    this.#running ??= this.#run();
    return promise;
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    // What is sent in the same turn shares the first write.
    await Promise.resolve();
    while (this.#pending.length > 0) {
      const batch = this.#take();
      try {
        await this.#write(batch.map(({ entry }) => entry));
        this.#length -= batch.length;
        for (const { resolve } of batch) resolve();
      } catch (thrown) {
        this.#length -= batch.length;
        for (const { reject } of batch) reject(thrown);
      }
    }
    this.#running = undefined;
  }

  #take(): Pending<Entry>[] {
    let [count, bytes] = [0, 0];
    for (const { entry } of this.#pending) {
      bytes += entry.payload.length;
      if (count > 0 && bytes > this.#bytesMax) break;
      count++;
    }
    if (count === this.#pending.length) {
      const all = this.#pending;
      this.#pending = [];
      return all;
    }
    return this.#pending.splice(0, count);
  }
}
