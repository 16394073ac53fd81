import type { Item } from "../channel/channel.ts";
import { FlowError } from "../errors.ts";
import type { FolderLock } from "./folder-lock.ts";
import { Intake } from "./intake.ts";
import { type Entry, Outlet, type OutletParts } from "./outlet.ts";
import { type OutgoingRecord, RECORD_HEAD_BYTES } from "./record.ts";
import type { Delivery, SpillQueue } from "./spill-queue.ts";
import { type SpillSettings, segmentBytesOf } from "./spill-settings.ts";

/** What a queue is made of. */
export interface QueueParts extends Pick<OutletParts, "log" | "position" | "report"> {
  readonly lock: FolderLock;
}

/** Where the queue before this one stopped. */
export interface QueueStart {
  readonly next: number;
  readonly acknowledged: number;
  readonly tornBytes: number;
}

/**
 * A queue over the parts of its folder. What is not delivered is always, in this order: what is in memory, what is on disk
 * and not read, what is being written, and what waits for room.
 */
export class FolderQueue<T extends Item> implements SpillQueue<T> {
  readonly tornBytes: number;
  readonly #settings: SpillSettings<T>;
  readonly #parts: QueueParts;
  readonly #outlet: Outlet<T>;
  readonly #intake: Intake<T>;
  #closing: Promise<void> | undefined;

  constructor(settings: SpillSettings<T>, parts: QueueParts, start: QueueStart) {
    this.#settings = settings;
    this.#parts = parts;
    this.tornBytes = start.tornBytes;
    this.#intake = new Intake<T>(settings, start.next, parts.log, () => this.#outlet);
    this.#outlet = new Outlet<T>(settings, start.acknowledged, {
      ...parts,
      fail: (cause) => this.#intake.fail(cause),
      onRoom: () => this.#intake.admitBlocked(),
    });
  }

  get inMemory(): number {
    return this.#outlet.inMemory;
  }

  get diskBytes(): number {
    return this.#parts.log.bytes;
  }

  get unacknowledged(): number {
    return this.#outlet.unacknowledged;
  }

  send(item: T, options?: { readonly signal?: AbortSignal }): Promise<void> {
    try {
      if (item === undefined)
        throw new TypeError("undefined cannot be sent: it is how receive() tells the end");
      if (this.#closing) throw new FlowError("SPILL_CLOSED");
      return this.#intake.send(item, options?.signal);
    } catch (refused) {
      return Promise.reject(refused);
    }
  }

  receive(options?: { readonly signal?: AbortSignal }): Promise<Delivery<T> | undefined> {
    const signal = options?.signal;
    try {
      signal?.throwIfAborted();
      return this.#closing ? Promise.resolve(undefined) : this.#outlet.receive(signal);
    } catch (refused) {
      return Promise.reject(refused);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Delivery<T>, undefined, undefined> {
    for (;;) {
      const delivery = await this.receive();
      if (!delivery) return;
      yield delivery;
    }
  }

  async #shutDown(): Promise<void> {
    const { log, position, lock } = this.#parts;
    try {
      await this.#intake.end();
      const left = await this.#outlet.end();
      await log.retire();
      const unsaved = await this.#save(left);
      await this.#outlet.settle();
      if (unsaved.length > 0)
        throw new AggregateError(unsaved, `${unsaved.length} items cannot be serialized`);
    } catch (thrown) {
      throw this.#intake.fail(thrown);
    } finally {
      await Promise.allSettled([log.close(), position.close()]);
      await lock.release();
    }
  }

  /**
   * Writes what is in memory alone, in as many segments as it takes to keep the order with what is on disk, none larger than
   * others are (but for a single item that is). Gives what `serialize` threw: one bad item does not take the others with it.
   */
  async #save(left: readonly Entry<T>[]): Promise<unknown[]> {
    const { log } = this.#parts;
    const unsaved: unknown[] = [];
    const bytesMax = segmentBytesOf(this.#settings.diskBytesMax);
    let run: OutgoingRecord[] = [];
    let runBytes = 0;
    for (const { sequence, item, isOnDisk } of left) {
      if (isOnDisk || item === undefined) continue;
      let payload: Uint8Array;
      try {
        payload = this.#settings.serialize(item);
      } catch (thrown) {
        unsaved.push(thrown);
        continue;
      }
      const bytes = RECORD_HEAD_BYTES + payload.length;
      const before = run.at(-1)?.sequence;
      if (before !== undefined && (runBytes + bytes > bytesMax || log.startsBetween(before, sequence))) {
        await log.insert(run);
        [run, runBytes] = [[], 0];
      }
      run.push({ sequence, payload });
      runBytes += bytes;
    }
    if (run.length > 0) await log.insert(run);
    return unsaved;
  }
}
