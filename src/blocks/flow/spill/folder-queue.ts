import { codeOf, messageOf } from "../../errors/index.ts";
import type { Timer } from "../../time/index.ts";
import type { Item } from "../channel/channel.ts";
import { Ring } from "../channel/ring.ts";
import { Waiters } from "../channel/waiters.ts";
import { FlowError } from "../errors.ts";
import { AckWindow } from "./ack-window.ts";
import type { Damage } from "./damage.ts";
import type { FolderLock } from "./folder-lock.ts";
import { GroupCommit } from "./group-commit.ts";
import type { PositionFile } from "./position-file.ts";
import { RECORD_HEAD_BYTES } from "./record.ts";
import { type LogRead, OVERHEAD_BYTES, type SegmentLog } from "./segment-log.ts";
import type { Delivery, SpillQueue } from "./spill-queue.ts";
import { type SpillSettings, segmentBytesOf } from "./spill-settings.ts";

/** The longest that an acknowledgement is known to memory alone. */
const POSITION_DELAY_MS = 100;

/** With `fsync: "interval"`, the longest that an accepted item is not forced to the disk. */
const FORCE_DELAY_MS = 1_000;

/** What is written at a time at most: enough to make the cost of a write small beside its bytes. */
const BATCH_BYTES_MAX = 2 ** 20;

/** Errors of a disk that has no room, or no room for this user or process: it may have some later. */
const NO_ROOM = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

const ACCEPTED = Promise.resolve();

/** An item in memory. Without one, it stands for what was damaged on disk, up to its sequence number. */
interface Entry<T> {
  readonly sequence: number;
  readonly item: T | undefined;
  readonly isOnDisk: boolean;
}

interface Outgoing<T> {
  readonly item: T;
  readonly payload: Uint8Array;
}

interface OutgoingRecord<T> extends Outgoing<T> {
  readonly sequence: number;
}

interface Parts {
  readonly lock: FolderLock;
  readonly position: PositionFile;
  readonly log: SegmentLog;
  /** Is told of damage, and throws where it may not be passed over. */
  readonly report: (damage: Damage) => void;
}

/**
 * The queue over its parts. What is not delivered is always, in this order: what is in memory, what is on disk and not read,
 * what is being written, and what waits for room.
 */
export class FolderQueue<T extends Item> implements SpillQueue<T> {
  readonly tornBytes: number;
  readonly #settings: SpillSettings<T>;
  readonly #parts: Parts;
  readonly #log: SegmentLog;
  readonly #memory = new Ring<Entry<T>>();
  readonly #window: AckWindow<Entry<T>>;
  readonly #commit: GroupCommit<OutgoingRecord<T>>;
  readonly #blocked: Waiters<Outgoing<T>, void>;
  readonly #receivers: Waiters<undefined, Delivery<T> | undefined>;
  readonly #itemBytesMax: number;
  #next: number;
  /** Bytes on their way to the disk, with what they may need around them. */
  #pendingBytes = 0;
  #loading: Promise<void> | undefined;
  #reclaiming: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #positionTimer: Timer | undefined;
  #forceTimer: Timer | undefined;
  #failure: FlowError | undefined;
  #readFailure: unknown;

  constructor(
    settings: SpillSettings<T>,
    parts: Parts,
    found: { readonly next: number; readonly acknowledged: number; readonly tornBytes: number },
  ) {
    this.#settings = settings;
    this.#parts = parts;
    this.#log = parts.log;
    this.tornBytes = found.tornBytes;
    this.#next = found.next;
    this.#window = new AckWindow(found.acknowledged);
    const segmentBytes = segmentBytesOf(settings.diskBytesMax);
    this.#itemBytesMax = segmentBytes - OVERHEAD_BYTES;
    const bytesMax = Math.min(BATCH_BYTES_MAX, segmentBytes);
    this.#commit = new GroupCommit({ write: (records) => this.#write(records), bytesMax });
    this.#blocked = new Waiters(settings.waitersMax);
    this.#receivers = new Waiters(settings.waitersMax);
  }

  get inMemory(): number {
    return this.#memory.length;
  }

  get diskBytes(): number {
    return this.#log.bytes;
  }

  get unacknowledged(): number {
    return this.#window.size;
  }

  send(item: T, options?: { readonly signal?: AbortSignal }): Promise<void> {
    const signal = options?.signal;
    try {
      if (item === undefined)
        throw new TypeError("undefined cannot be sent: it is how receive() tells the end");
      if (this.#closing) throw new FlowError("SPILL_CLOSED");
      if (this.#failure) throw this.#failure;
      signal?.throwIfAborted();
      if (this.#staysInMemory()) {
        this.#keep(item);
        return ACCEPTED;
      }
      return this.#spill(item, signal);
    } catch (refused) {
      return Promise.reject(refused);
    }
  }

  receive(options?: { readonly signal?: AbortSignal }): Promise<Delivery<T> | undefined> {
    const signal = options?.signal;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#closing) return Promise.resolve(undefined);
    try {
      const { promise } = this.#receivers.join(undefined, signal);
      this.#serve();
      return promise;
    } catch (tooMany) {
      return Promise.reject(tooMany);
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

  // ---- accepting ----

  /** Only while nothing that came before it is on the disk alone, or on its way there. */
  #staysInMemory(): boolean {
    return (
      !this.#settings.durable &&
      this.#memory.length < this.#settings.memoryItems &&
      this.#commit.length === 0 &&
      this.#blocked.size === 0 &&
      this.#isAllRead
    );
  }

  get #isAllRead(): boolean {
    return this.#log.isRead && this.#loading === undefined && this.#readFailure === undefined;
  }

  #keep(item: T): void {
    this.#memory.push({ sequence: this.#next++, item, isOnDisk: false });
    // What `close` saves of memory lies between segments, so none may go on across it.
    void this.#log.retire();
    this.#serve();
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

  #admitBlocked(): void {
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

  // ---- writing ----

  async #write(records: readonly OutgoingRecord<T>[]): Promise<void> {
    try {
      if (this.#failure) throw this.#failure;
      const isAllRead = this.#isAllRead;
      await this.#log.append(records);
      // Before any wait, or what was just written would be read as well.
      const tidied = isAllRead && !this.#loading ? this.#keepWritten(records) : undefined;
      if (this.#settings.fsync === "always") await this.#log.force();
      if (this.#settings.fsync === "interval") this.#forceLater();
      await tidied;
    } catch (thrown) {
      throw this.#writeError(thrown);
    } finally {
      for (const { payload } of records) this.#pendingBytes -= payload.length + OVERHEAD_BYTES;
    }
    this.#serve();
    this.#admitBlocked();
  }

  #keepWritten(records: readonly OutgoingRecord<T>[]): Promise<void> {
    const kept = records.slice(0, Math.max(0, this.#settings.memoryItems - this.#memory.length));
    for (const { sequence, item } of kept) this.#memory.push({ sequence, item, isOnDisk: true });
    return this.#log.passOver(kept);
  }

  #writeError(thrown: unknown): FlowError {
    if (thrown instanceof FlowError) return thrown;
    if (NO_ROOM.has(codeOf(thrown) ?? "")) {
      return new FlowError("SPILL_FULL", { message: "the disk has no room left", cause: thrown });
    }
    return this.#fail(thrown);
  }

  #forceLater(): void {
    if (this.#forceTimer) return;
    this.#forceTimer = this.#settings.clock.setTimer(FORCE_DELAY_MS, () => {
      this.#forceTimer = undefined;
      this.#log.force().catch((thrown: unknown) => this.#fail(thrown));
    });
    this.#forceTimer.unref();
  }

  /** From here on nothing is accepted: what is on disk cannot be told without reading it again. */
  #fail(cause: unknown): FlowError {
    this.#failure ??= new FlowError("SPILL_FAILED", {
      message: `the disk failed the queue in ${this.#settings.folder}: ${messageOf(cause)}`,
      cause,
    });
    for (let one = this.#blocked.shift(); one; one = this.#blocked.shift()) one.refuse(this.#failure);
    return this.#failure;
  }

  // ---- delivering ----

  #serve(): void {
    while (this.#receivers.size > 0 && this.#window.size < this.#settings.unackedMax) {
      const entry = this.#memory.shift();
      if (!entry) {
        this.#serveFromDisk();
        return;
      }
      const { sequence, item } = entry;
      if (item === undefined) {
        this.#window.skip(sequence);
        this.#progress();
        continue;
      }
      this.#window.deliver(entry);
      this.#receivers.shift()?.give({ item, ack: () => this.#acknowledge(sequence) });
    }
  }

  #serveFromDisk(): void {
    if (this.#readFailure !== undefined) {
      for (let one = this.#receivers.shift(); one; one = this.#receivers.shift())
        one.refuse(this.#readFailure);
    } else if (!this.#loading && !this.#log.isRead) {
      this.#loading = this.#load();
    }
  }

  /** Fills memory from the disk. */
  async #load(): Promise<void> {
    try {
      while (this.#memory.length < this.#settings.memoryItems) {
        const next = await this.#log.next();
        if (!next) break;
        const entry = this.#entryOf(next);
        if (entry) this.#memory.push(entry);
      }
    } catch (thrown) {
      this.#readFailure = thrown instanceof FlowError ? thrown : this.#fail(thrown);
    }
    this.#loading = undefined;
    this.#serve();
  }

  /** What was read, as it is kept in memory; `undefined` when it was acknowledged before. */
  #entryOf({ found, file }: LogRead): Entry<T> | undefined {
    if (found.kind === "damage") {
      const { offset, end, last } = found;
      this.#parts.report({ file, offset, end, what: "a checksum does not match" });
      return { sequence: last, item: undefined, isOnDisk: true };
    }
    const { sequence, payload, offset } = found;
    if (sequence <= this.#window.acknowledged) return undefined;
    try {
      return { sequence, item: this.#settings.deserialize(payload), isOnDisk: true };
    } catch (thrown) {
      const what = `the item cannot be deserialized: ${messageOf(thrown)}`;
      this.#parts.report({ file, offset, end: offset + RECORD_HEAD_BYTES + payload.length, what });
      return { sequence, item: undefined, isOnDisk: true };
    }
  }

  // ---- acknowledging ----

  #acknowledge(sequence: number): void {
    if (this.#closing || !this.#window.acknowledge(sequence)) return;
    this.#progress();
    this.#serve();
  }

  #progress(): void {
    const isDrained =
      this.#window.size === 0 && this.#memory.length === 0 && this.#commit.length === 0 && this.#log.isRead;
    // A durable queue is drained all the time, and would begin a segment for each item.
    if (isDrained && !this.#settings.durable) void this.#log.retire();
    if (this.#log.isReclaimable(this.#window.acknowledged)) this.#reclaiming ??= this.#reclaim();
    if (this.#positionTimer) return;
    this.#positionTimer = this.#settings.clock.setTimer(POSITION_DELAY_MS, () => {
      this.#positionTimer = undefined;
      this.#savePosition(false).catch((thrown: unknown) => this.#fail(thrown));
    });
    this.#positionTimer.unref();
  }

  #savePosition(force: boolean): Promise<void> {
    const position = { acknowledged: this.#window.acknowledged, durable: this.#log.durable };
    return this.#parts.position.write(position, { force });
  }

  async #reclaim(): Promise<void> {
    try {
      while (this.#log.isReclaimable(this.#window.acknowledged)) {
        const { acknowledged } = this.#window;
        // First the position: it must never speak of items as on disk that are deleted.
        await this.#savePosition(true);
        await this.#log.reclaim(acknowledged);
      }
    } catch (thrown) {
      this.#fail(thrown);
    }
    this.#reclaiming = undefined;
    this.#admitBlocked();
  }

  // ---- closing ----

  async #shutDown(): Promise<void> {
    for (let one = this.#blocked.shift(); one; one = this.#blocked.shift()) {
      one.refuse(new FlowError("SPILL_CLOSED"));
    }
    for (let one = this.#receivers.shift(); one; one = this.#receivers.shift()) one.give(undefined);
    try {
      await this.#commit.idle();
      await this.#loading;
      await this.#reclaiming;
      this.#positionTimer?.cancel();
      this.#forceTimer?.cancel();
      await this.#log.retire();
      await this.#saveMemory();
      await this.#savePosition(true);
      await this.#log.reclaim(this.#window.acknowledged);
    } catch (thrown) {
      throw this.#fail(thrown);
    } finally {
      await Promise.allSettled([this.#log.close(), this.#parts.position.close()]);
      await this.#parts.lock.release();
    }
  }

  /** Writes what is in memory alone, in as many segments as it takes to keep the order with what is on disk. */
  async #saveMemory(): Promise<void> {
    const left = [...this.#window.entries];
    for (let entry = this.#memory.shift(); entry; entry = this.#memory.shift()) left.push(entry);
    let run: { sequence: number; payload: Uint8Array }[] = [];
    let before = 0;
    for (const { sequence, item, isOnDisk } of left) {
      if (isOnDisk || item === undefined) continue;
      if (run.length > 0 && this.#log.startsBetween(before, sequence)) {
        await this.#log.insert(run);
        run = [];
      }
      run.push({ sequence, payload: this.#settings.serialize(item) });
      before = sequence;
    }
    if (run.length > 0) await this.#log.insert(run);
  }
}
