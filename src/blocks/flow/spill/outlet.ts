import { messageOf } from "../../errors/index.ts";
import type { Timer } from "../../time/index.ts";
import type { Item } from "../channel/channel.ts";
import { Ring } from "../channel/ring.ts";
import { Waiters } from "../channel/waiters.ts";
import { FlowError } from "../errors.ts";
import { AckWindow } from "./ack-window.ts";
import type { Damage } from "./damage.ts";
import type { PositionFile } from "./position-file.ts";
import { RECORD_HEAD_BYTES } from "./record.ts";
import type { LogRead, SegmentLog } from "./segment-log.ts";
import type { Delivery } from "./spill-queue.ts";
import type { SpillSettings } from "./spill-settings.ts";

/** The longest that an acknowledgement is known to memory alone. */
const POSITION_DELAY_MS = 100;

/** An item in memory. Without one, it stands for what was damaged on disk, up to its sequence number. */
export interface Entry<T> {
  readonly sequence: number;
  readonly item: T | undefined;
  readonly isOnDisk: boolean;
}

/** What the delivering half works with. */
export interface OutletParts {
  readonly log: SegmentLog;
  readonly position: PositionFile;
  /** Is told of damage, and throws where it may not be passed over. */
  readonly report: (damage: Damage) => void;
  /** Is told that the disk fails, and makes an error of it. */
  readonly fail: (cause: unknown) => FlowError;
  /** There is more room on the disk. */
  readonly onRoom: () => void;
}

/** The delivering half of a queue: what is in memory, then what is on disk and not read; and how far it has been acknowledged. */
export class Outlet<T extends Item> {
  readonly #settings: SpillSettings<T>;
  readonly #parts: OutletParts;
  readonly #log: SegmentLog;
  readonly #memory = new Ring<Entry<T>>();
  readonly #window: AckWindow<Entry<T>>;
  readonly #receivers: Waiters<undefined, Delivery<T> | undefined>;
  #loading: Promise<void> | undefined;
  #reclaiming: Promise<void> | undefined;
  #positionTimer: Timer | undefined;
  #readFailure: unknown;
  #isClosed = false;

  constructor(settings: SpillSettings<T>, acknowledged: number, parts: OutletParts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#log = parts.log;
    this.#window = new AckWindow(acknowledged);
    this.#receivers = new Waiters(settings.waitersMax);
  }

  get inMemory(): number {
    return this.#memory.length;
  }

  get unacknowledged(): number {
    return this.#window.size;
  }

  /** Whether nothing on disk comes before what is kept next. */
  get isAllRead(): boolean {
    return this.#log.isRead && this.#loading === undefined && this.#readFailure === undefined;
  }

  /** Whether memory is being filled from the disk. */
  get isLoading(): boolean {
    return this.#loading !== undefined;
  }

  /** Takes what comes after everything else that is not delivered: see `isAllRead`. */
  keep(entry: Entry<T>): void {
    this.#memory.push(entry);
  }

  receive(signal: AbortSignal | undefined): Promise<Delivery<T> | undefined> {
    const { promise } = this.#receivers.join(undefined, signal);
    this.serve();
    return promise;
  }

  /** Gives receivers what there is. */
  serve(): void {
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

  /** Ends receivers, and what is under way. Resolves with what was not acknowledged or not delivered. */
  async end(): Promise<Entry<T>[]> {
    this.#isClosed = true;
    for (let one = this.#receivers.shift(); one; one = this.#receivers.shift()) one.give(undefined);
    await this.#loading;
    await this.#reclaiming;
    this.#positionTimer?.cancel();
    const left = [...this.#window.entries];
    for (let entry = this.#memory.shift(); entry; entry = this.#memory.shift()) left.push(entry);
    return left;
  }

  /** Writes down how far everything is, then deletes what is done with. */
  async settle(): Promise<void> {
    const { acknowledged } = this.#window;
    // The position comes first: it must never speak of items as on disk that are deleted.
    await this.#savePosition({ force: true });
    await this.#log.reclaim(acknowledged);
  }

  // ---- reading ----

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
      this.#readFailure = thrown instanceof FlowError ? thrown : this.#parts.fail(thrown);
    }
    this.#loading = undefined;
    this.serve();
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
    if (this.#isClosed || !this.#window.acknowledge(sequence)) return;
    this.#progress();
    this.serve();
  }

  #progress(): void {
    // A durable queue is drained all the time, and would begin a segment for each item.
    const isDrained = this.#window.size === 0 && this.#memory.length === 0 && this.isAllRead;
    if (isDrained && !this.#settings.durable) void this.#log.retire();
    if (this.#log.isReclaimable(this.#window.acknowledged)) this.#reclaiming ??= this.#reclaim();
    if (this.#positionTimer) return;
    this.#positionTimer = this.#settings.clock.setTimer(POSITION_DELAY_MS, () => {
      this.#positionTimer = undefined;
      this.#savePosition({ force: false }).catch((thrown: unknown) => this.#parts.fail(thrown));
    });
    this.#positionTimer.unref();
  }

  #savePosition(options: { readonly force: boolean }): Promise<void> {
    const position = { acknowledged: this.#window.acknowledged, durable: this.#log.durable };
    return this.#parts.position.write(position, options);
  }

  async #reclaim(): Promise<void> {
    try {
      while (this.#log.isReclaimable(this.#window.acknowledged)) await this.settle();
    } catch (thrown) {
      this.#parts.fail(thrown);
    }
    this.#reclaiming = undefined;
    this.#parts.onRoom();
  }
}
