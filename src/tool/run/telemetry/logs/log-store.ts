import type { Batch, LogData } from "../../../../blocks/telemetry/otlp/model.ts";
import type { Clock } from "../../../../blocks/time/index.ts";
import type { LogAnswer, LogQuery, RunEvent } from "../../../control-api/index.ts";
import type { PartDirectory } from "../part-directory.ts";
import { SharedNames } from "../shared-names.ts";
import { EntryBundles, type EntryListener } from "./entry-bundles.ts";
import { LineQueue, type Stretch } from "./line-queue.ts";
import { type LineSource, searchLines } from "./log-search.ts";
import { otlpLine } from "./otlp-line.ts";
import { RecordedLines } from "./recorded-lines.ts";
import { StoredLine } from "./stored-line.ts";

export type LogEvent = RunEvent & { readonly type: "log" };

const BYTES_MAX = 24 * 1024 * 1024;
/** No part keeps more than this share when others need room. */
const PART_SHARE_MAX = 1 / 4;
/** Where lines of senders that are no part of the system stand: they may have any number of names. */
const OTHERS = "";

export interface LogStoreOptions {
  readonly directory: PartDirectory;
  readonly clock: Clock;
  /** The folder of the run, in whose record older lines are looked for; without it, memory is all there is. */
  readonly folder?: string;
  /** Whether a part of the system has this name. What others send over OTLP is kept in memory and not recorded. */
  readonly isPart: (name: string) => boolean;
  /** Told each entry that came over OTLP from a part, to be written to the run's record. Must not throw. */
  readonly onRecord?: (event: LogEvent & { readonly id: number }) => void;
  /** How much of the heap the lines take at most, about. Default 24 MiB. */
  readonly bytesMax?: number;
}

/** What the store holds, and what had to go since it was opened. */
export interface LogStoreStatus {
  readonly entries: number;
  readonly bytes: number;
  readonly bytesMax: number;
  /** Entries that came over OTLP. */
  readonly received: number;
  /** Entries that made room for newer ones; those of the record are still found there. */
  readonly evicted: number;
}

/**
 * What the processes of a run have written and sent, of late in bounded memory and before that in the run's record. Lines are kept as
 * they are and read when someone looks at them. When memory is full, the oldest lines go: of the part that has most while that is
 * more than a quarter, else the oldest of all.
 */
export class LogStore {
  readonly #options: LogStoreOptions;
  readonly #bytesMax: number;
  readonly #queues = new Map<string, LineQueue>();
  readonly #names = new SharedNames();
  readonly #bundles: EntryBundles;
  #lastId = 0;
  #bytes = 0;
  #entries = 0;
  #received = 0;
  #evicted = 0;

  constructor(options: LogStoreOptions) {
    this.#options = options;
    this.#bytesMax = options.bytesMax ?? BYTES_MAX;
    this.#bundles = new EntryBundles(options.clock);
  }

  /** Takes a line of a process and returns its id, which belongs into the record: `record.add({ ...event, id })`. */
  add(event: LogEvent): number {
    const line = new StoredLine(this.#nextId(), event);
    this.#keep(line);
    return line.id;
  }

  /** Takes entries that came over OTLP. */
  addOtlp({ resource, items }: Batch<LogData>): void {
    const { directory, clock, isPart, onRecord } = this.#options;
    const sender = directory.senderOf(resource.attributes);
    const part = this.#names.of(sender.part);
    const replica = this.#names.of(sender.replica);
    for (const log of items) {
      this.#received++;
      const timeMs = log.timeUs > 0 ? Math.floor(log.timeUs / 1_000) : clock.wallMs();
      const event = { type: "log", timeMs, part, replica, stream: "otlp", text: otlpLine(log) } as const;
      const line = new StoredLine(this.#nextId(), event);
      this.#keep(line);
      if (onRecord && isPart(part)) onRecord({ ...event, id: line.id });
    }
  }

  /** The newest entries that fit, from memory and, where that does not reach far enough, from the record. */
  async search(query: LogQuery, options: { readonly signal?: AbortSignal } = {}): Promise<LogAnswer> {
    const { clock, folder, isPart } = this.#options;
    const wanted = query.parts ?? [];
    const files: RecordedLines[] = [];
    const sources: LineSource[] = [];
    for (const [part, queue] of this.#queues) {
      if (wanted.length > 0 && part !== OTHERS && !wanted.includes(part)) continue;
      const isRecorded = folder !== undefined && queue.hasLost && isPart(part);
      const below = Math.min(
        query.before ?? Number.POSITIVE_INFINITY,
        queue.oldest?.id ?? Number.POSITIVE_INFINITY,
      );
      const file = isRecorded ? new RecordedLines(folder, part, below) : undefined;
      if (file) files.push(file);
      sources.push(new PartLines(queue.snapshot(), file));
    }
    try {
      return await searchLines(sources, query, { clock, signal: options.signal });
    } finally {
      await Promise.all(files.map((file) => file.close()));
    }
  }

  /** The last `count` lines that processes of the named parts (all, when none is named) have written, oldest first. */
  tail(parts: readonly string[], count: number): LogEvent[] {
    const chosen = [...this.#queues].filter(([part]) => parts.length === 0 || parts.includes(part));
    const walks = chosen.map(([, queue]) => {
      const stretch = queue.snapshot();
      return { stretch, at: stretch.to - 1 };
    });
    const lines: LogEvent[] = [];
    while (lines.length < count) {
      let newest: StoredLine | undefined;
      let walk: { stretch: Stretch; at: number } | undefined;
      for (const one of walks) {
        const line = one.at >= one.stretch.from ? one.stretch.lines[one.at] : undefined;
        if (!line || (newest && line.id < newest.id)) continue;
        newest = line;
        walk = one;
      }
      if (!newest || !walk) break;
      walk.at--;
      if (newest.source === "otlp") continue;
      const { timeMs, part, replica, source, text } = newest;
      lines.push({ type: "log", timeMs, part, replica, stream: source, text });
    }
    return lines.reverse();
  }

  /** Tells what comes from now on, in bundles of at most 200 every 250 ms. Returns what ends it. */
  subscribe(listener: EntryListener): () => void {
    return this.#bundles.subscribe(listener);
  }

  status(): LogStoreStatus {
    return {
      entries: this.#entries,
      bytes: this.#bytes,
      bytesMax: this.#bytesMax,
      received: this.#received,
      evicted: this.#evicted,
    };
  }

  /** Made of the time of arrival, so that ids of the record and those in memory are of one order; rising in any case. */
  #nextId(): number {
    this.#lastId = Math.max(this.#lastId + 1, Math.floor(this.#options.clock.wallMs()) * 1_000);
    return this.#lastId;
  }

  #keep(line: StoredLine): void {
    const queue = this.#queueOf(line.part);
    const before = queue.bytes;
    queue.add(line);
    this.#bytes += queue.bytes - before;
    this.#entries++;
    while (this.#bytes > this.#bytesMax && this.#entries > 0) this.#dropOne();
    this.#bundles.add(line);
  }

  #queueOf(part: string): LineQueue {
    const name = this.#options.isPart(part) ? part : OTHERS;
    let queue = this.#queues.get(name);
    if (!queue) {
      queue = new LineQueue();
      this.#queues.set(name, queue);
    }
    return queue;
  }

  #dropOne(): void {
    let largest: LineQueue | undefined;
    let oldest: LineQueue | undefined;
    for (const queue of this.#queues.values()) {
      if (!queue.oldest) continue;
      if (!largest || queue.bytes > largest.bytes) largest = queue;
      if (!oldest?.oldest || queue.oldest.id < oldest.oldest.id) oldest = queue;
    }
    const queue = largest && largest.bytes > this.#bytesMax * PART_SHARE_MAX ? largest : oldest;
    if (!queue) return;
    const before = queue.bytes;
    queue.drop();
    this.#bytes -= before - queue.bytes;
    this.#entries--;
    this.#evicted++;
  }
}

/** A part's lines in memory, and then those of the record. */
class PartLines implements LineSource {
  readonly #file: LineSource | undefined;
  #stretch: Stretch | undefined;

  constructor(stretch: Stretch, file: LineSource | undefined) {
    this.#stretch = stretch;
    this.#file = file;
  }

  async older(filter: Parameters<LineSource["older"]>[0]): Promise<Stretch | undefined> {
    const stretch = this.#stretch;
    this.#stretch = undefined;
    return stretch ?? this.#file?.older(filter);
  }
}
