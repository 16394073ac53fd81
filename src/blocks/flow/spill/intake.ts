import { codeOf, messageOf } from "../../errors/index.ts";
import type { Timer } from "../../time/index.ts";
import type { Item } from "../channel/channel.ts";
import { Waiters } from "../channel/waiters.ts";
import { FlowError } from "../errors.ts";
import { GroupCommit } from "./group-commit.ts";
import type { Outlet } from "./outlet.ts";
import { OVERHEAD_BYTES, type SegmentLog } from "./segment-log.ts";
import { type SpillSettings, segmentBytesOf } from "./spill-settings.ts";

/** With `fsync: "interval"`, the longest that an accepted item is not forced to the disk. */
const FORCE_DELAY_MS = 1_000;

/** What is written at a time at most: enough to make the cost of a write small beside its bytes. */
const BATCH_BYTES_MAX = 2 ** 20;

/** Errors of a disk that has no room, or no room for this user or process: it may have some later. */
const NO_ROOM = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

const ACCEPTED = Promise.resolve();

interface Outgoing<T> {
  readonly item: T;
  readonly payload: Uint8Array;
}

interface OutgoingRecord<T> extends Outgoing<T> {
  readonly sequence: number;
}

/** The accepting half of a queue: what is being written, and what waits for room on the disk. */
export class Intake<T extends Item> {
  readonly #settings: SpillSettings<T>;
  readonly #log: SegmentLog;
  readonly #outlet: () => Outlet<T>;
  readonly #commit: GroupCommit<OutgoingRecord<T>>;
  readonly #blocked: Waiters<Outgoing<T>, void>;
  readonly #itemBytesMax: number;
  #next: number;
  /** Bytes on their way to the disk, with what they may need around them. */
  #pendingBytes = 0;
  #forceTimer: Timer | undefined;
  #failure: FlowError | undefined;

  /** `next` is the first item's sequence number; `outlet` gets what memory has room for. */
  constructor(settings: SpillSettings<T>, next: number, log: SegmentLog, outlet: () => Outlet<T>) {
    this.#settings = settings;
    this.#next = next;
    this.#log = log;
    this.#outlet = outlet;
    const segmentBytes = segmentBytesOf(settings.diskBytesMax);
    this.#itemBytesMax = segmentBytes - OVERHEAD_BYTES;
    const bytesMax = Math.min(BATCH_BYTES_MAX, segmentBytes);
    this.#commit = new GroupCommit({ write: (records) => this.#write(records), bytesMax });
    this.#blocked = new Waiters(settings.waitersMax);
  }

  /** Rejects, or throws, what is not accepted. */
  send(item: T, signal: AbortSignal | undefined): Promise<void> {
    if (this.#failure) throw this.#failure;
    signal?.throwIfAborted();
    if (!this.#staysInMemory()) return this.#spill(item, signal);
    const outlet = this.#outlet();
    outlet.keep({ sequence: this.#next++, item, isOnDisk: false });
    // What `close` saves of memory lies between segments, so none may go on across it.
    void this.#log.retire();
    outlet.serve();
    return ACCEPTED;
  }

  /** Lets those in who waited for room on the disk, as far as there is some. */
  admitBlocked(): void {
    for (;;) {
      const { first } = this.#blocked;
      if (!first || !this.#hasRoomFor(first.brought.payload)) return;
      this.#blocked.remove(first);
      this.#commitOne(first.brought).then(
        () => first.give(),
        (thrown: unknown) => first.refuse(thrown),
      );
    }
  }

  /** From here on nothing is accepted: what is on disk cannot be told without reading it again. */
  fail(cause: unknown): FlowError {
    this.#failure ??= new FlowError("SPILL_FAILED", {
      message: `the disk failed the queue in ${this.#settings.folder}: ${messageOf(cause)}`,
      cause,
    });
    this.#refuseBlocked(this.#failure);
    return this.#failure;
  }

  /** Refuses who waits for room, and resolves when everything accepted is written. */
  async end(): Promise<void> {
    this.#refuseBlocked(new FlowError("SPILL_CLOSED"));
    await this.#commit.idle();
    this.#forceTimer?.cancel();
  }

  /** Only while nothing that came before it is on the disk alone, or on its way there. */
  #staysInMemory(): boolean {
    const { durable, memoryItems } = this.#settings;
    if (durable || this.#commit.length > 0 || this.#blocked.size > 0) return false;
    const outlet = this.#outlet();
    return outlet.inMemory < memoryItems && outlet.isAllRead;
  }

  #spill(item: T, signal: AbortSignal | undefined): Promise<void> {
    const { serialize, whenFull, waitersMax, diskBytesMax } = this.#settings;
    const payload = serialize(item);
    if (payload.length > this.#itemBytesMax) {
      throw new FlowError("SPILL_ITEM_TOO_LARGE", {
        details: { bytes: payload.length, bytesMax: this.#itemBytesMax },
      });
    }
    if (this.#blocked.size > 0 || !this.#hasRoomFor(payload)) {
      if (whenFull === "error") throw new FlowError("SPILL_FULL", { details: { diskBytesMax } });
      return this.#blocked.join({ item, payload }, signal).promise;
    }
    if (this.#commit.length >= waitersMax)
      throw new FlowError("TOO_MANY_WAITING", { details: { waitersMax } });
    return this.#commitOne({ item, payload });
  }

  #hasRoomFor(payload: Uint8Array): boolean {
    const bytes = this.#log.bytes + this.#pendingBytes + payload.length + OVERHEAD_BYTES;
    return bytes <= this.#settings.diskBytesMax;
  }

  #commitOne({ item, payload }: Outgoing<T>): Promise<void> {
    this.#pendingBytes += payload.length + OVERHEAD_BYTES;
    return this.#commit.add({ sequence: this.#next++, item, payload });
  }

  async #write(records: readonly OutgoingRecord<T>[]): Promise<void> {
    const outlet = this.#outlet();
    try {
      if (this.#failure) throw this.#failure;
      const wasAllRead = outlet.isAllRead;
      await this.#log.append(records);
      // Before any wait, or what was just written would be read as well.
      const tidied = wasAllRead && !outlet.isLoading ? this.#keepWritten(records, outlet) : undefined;
      if (this.#settings.fsync === "always") await this.#log.force();
      if (this.#settings.fsync === "interval") this.#forceLater();
      await tidied;
    } catch (thrown) {
      throw this.#writeError(thrown);
    } finally {
      for (const { payload } of records) this.#pendingBytes -= payload.length + OVERHEAD_BYTES;
    }
    outlet.serve();
    this.admitBlocked();
  }

  #keepWritten(records: readonly OutgoingRecord<T>[], outlet: Outlet<T>): Promise<void> {
    const kept = records.slice(0, Math.max(0, this.#settings.memoryItems - outlet.inMemory));
    for (const { sequence, item } of kept) outlet.keep({ sequence, item, isOnDisk: true });
    return this.#log.passOver(kept);
  }

  #writeError(thrown: unknown): FlowError {
    if (thrown instanceof FlowError) return thrown;
    if (NO_ROOM.has(codeOf(thrown) ?? "")) {
      return new FlowError("SPILL_FULL", { message: "the disk has no room left", cause: thrown });
    }
    return this.fail(thrown);
  }

  #forceLater(): void {
    if (this.#forceTimer) return;
    this.#forceTimer = this.#settings.clock.setTimer(FORCE_DELAY_MS, () => {
      this.#forceTimer = undefined;
      this.#log.force().catch((thrown: unknown) => this.fail(thrown));
    });
    this.#forceTimer.unref();
  }

  #refuseBlocked(reason: FlowError): void {
    for (let one = this.#blocked.shift(); one; one = this.#blocked.shift()) one.refuse(reason);
  }
}
