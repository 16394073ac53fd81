import type { Clock } from "../../time/clock.ts";
import type { Random } from "../../time/random.ts";
import type { LogData, MetricData, Resource, Scope, Signal, SpanData } from "../otlp/model.ts";
import type { ItemOf } from "../otlp/request.ts";
import type { RequestEncoder } from "../otlp/request-encoder.ts";
import { ExportQueue, type QueueLimits } from "./export-queue.ts";
import { logSizeBytes, spanSizeBytes } from "./item-size.ts";
import { Lane, type LaneCounters } from "./lane.ts";
import type { Delivery, OtlpClient } from "./otlp-client.ts";

/** Where a signal goes, and what is said with it. */
export interface SignalEndpoint {
  /** Whole: `http://127.0.0.1:4318/v1/traces`. */
  readonly url: URL;
  /** Such as `authorization`. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long the collector may take to answer, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
}

export interface ExporterOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly resource: Resource;
  readonly scope: Scope;
  /** Signals without an endpoint are not sent. */
  readonly endpoints: Readonly<Partial<Record<Signal, SignalEndpoint>>>;
  /** What is measured so far; asked at each interval. Must not throw. */
  readonly collect: () => readonly MetricData[];
  /** How long spans wait for others, in milliseconds. Default 1,000. */
  readonly spanIntervalMs?: number;
  /** The same of logs. Default 1,000. */
  readonly logIntervalMs?: number;
  /** Default 10,000. */
  readonly metricIntervalMs?: number;
  /** Spans that wait. Default 2,048 and 4 MiB. */
  readonly spansMax?: QueueLimits;
  /** Logs that wait. Default 2,048 and 4 MiB. */
  readonly logsMax?: QueueLimits;
}

/** What an exporter did, since the beginning: of a queue, and on the way. */
export interface ExportCounters extends LaneCounters {
  /** Items that found no room. */
  readonly turnedAway: number;
}

/**
 * Sends what a program tells to a collector, by OTLP over HTTP in protobuf, in the background: it never throws, holds a bounded
 * amount, never keeps the process alive, and takes up no more than a few kilobytes until it first has something to send.
 */
export interface Exporter {
  /** Takes a span that ended; turned away where too many wait. */
  span(span: SpanData): void;
  log(record: LogData): void;
  readonly counters: Readonly<Record<Signal, ExportCounters>>;
  /** Sends what there is, for at most `timeoutMs` (default 3,000), and nothing afterwards. Idempotent, never rejects. */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}

const QUEUE: QueueLimits = { itemsMax: 2_048, sizeBytesMax: 4 * 1024 * 1024 };
const REQUEST: QueueLimits = { itemsMax: 512, sizeBytesMax: 1024 * 1024 };
const TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 3_000;
const NOTHING_SENT: ExportCounters = { sent: 0, lost: 0, trouble: "", turnedAway: 0 };

export function createExporter(options: ExporterOptions): Exporter {
  return new BatchingExporter(options);
}

class BatchingExporter implements Exporter {
  readonly #options: ExporterOptions;
  readonly #spans: ExportQueue<SpanData>;
  readonly #logs: ExportQueue<LogData>;
  readonly #lanes: {
    readonly traces?: Lane<SpanData>;
    readonly metrics?: Lane<MetricData>;
    readonly logs?: Lane<LogData>;
  };
  #client: Promise<OtlpClient> | undefined;
  #isHeld = false;
  #isClosed = false;
  #metricsAreDue = false;
  #stopMetrics: () => void = () => {};
  #closed: Promise<void> | undefined;

  constructor(options: ExporterOptions) {
    this.#options = options;
    this.#spans = new ExportQueue(options.spansMax ?? QUEUE);
    this.#logs = new ExportQueue(options.logsMax ?? QUEUE);
    const { spanIntervalMs = 1_000, logIntervalMs = 1_000, metricIntervalMs = 10_000 } = options;
    const { traces, metrics, logs } = options.endpoints;
    this.#lanes = {
      ...(traces && {
        traces: this.#lane("traces", traces, spanIntervalMs, () => this.#spans.take(REQUEST)),
      }),
      ...(metrics && { metrics: this.#lane("metrics", metrics, 0, () => this.#collected()) }),
      ...(logs && { logs: this.#lane("logs", logs, logIntervalMs, () => this.#logs.take(REQUEST)) }),
    };
    if (metrics) this.#collectEvery(metricIntervalMs);
  }

  span(span: SpanData): void {
    this.#offer(this.#spans, span, spanSizeBytes(span), this.#lanes.traces);
  }

  log(record: LogData): void {
    this.#offer(this.#logs, record, logSizeBytes(record), this.#lanes.logs);
  }

  get counters(): Readonly<Record<Signal, ExportCounters>> {
    const { traces, metrics, logs } = this.#lanes;
    return {
      traces: { ...NOTHING_SENT, ...traces?.counters, turnedAway: this.#spans.turnedAway },
      metrics: { ...NOTHING_SENT, ...metrics?.counters },
      logs: { ...NOTHING_SENT, ...logs?.counters, turnedAway: this.#logs.turnedAway },
    };
  }

  close({ timeoutMs = CLOSE_TIMEOUT_MS }: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.#closed ??= this.#close(timeoutMs);
    return this.#closed;
  }

  #offer<Item>(queue: ExportQueue<Item>, item: Item, sizeBytes: number, lane: Lane<Item> | undefined): void {
    if (lane === undefined || this.#isClosed || !queue.offer(item, sizeBytes)) return;
    if (queue.length >= REQUEST.itemsMax || queue.sizeBytes >= REQUEST.sizeBytesMax) lane.hurry();
    else if (queue.length === 1) lane.wake();
  }

  #collectEvery(intervalMs: number): void {
    const timer = this.#options.clock.setTimer(intervalMs, () => {
      this.#metricsAreDue = true;
      this.#lanes.metrics?.hurry();
      this.#collectEvery(intervalMs);
    });
    timer.unref();
    this.#stopMetrics = () => timer.cancel();
  }

  /** Once per interval: what waits to be tried again meanwhile is told anew, as totals hold all that was told before. */
  #collected(): readonly MetricData[] {
    if (!this.#metricsAreDue) return [];
    this.#metricsAreDue = false;
    return this.#options.collect();
  }

  #lane<Of extends Signal>(
    signal: Of,
    endpoint: SignalEndpoint,
    intervalMs: number,
    take: () => readonly ItemOf[Of][],
  ): Lane<ItemOf[Of]> {
    const { clock, random, resource, scope } = this.#options;
    let encoder: RequestEncoder | undefined;
    const encode = async (items: readonly ItemOf[Of][]): Promise<Uint8Array> => {
      // Its memory is used again: a lane has one request at a time.
      encoder ??= (await import("../otlp/request-encoder.ts")).requestEncoder();
      return encoder.encode(signal, [{ resource, scope, items }]);
    };
    const { url, timeoutMs = TIMEOUT_MS } = endpoint;
    const headers = { "content-type": "application/x-protobuf", ...endpoint.headers };
    const post = async (body: Uint8Array): Promise<Delivery> =>
      (await this.#ready()).post(url, headers, body, timeoutMs);
    return new Lane({ clock, random, intervalMs, take, encode, post });
  }

  #ready(): Promise<OtlpClient> {
    this.#client ??= import("./otlp-client.ts").then(({ OtlpClient: Client }) => {
      const client = new Client(this.#options.clock);
      if (this.#isHeld) client.hold();
      return client;
    });
    return this.#client;
  }

  async #close(timeoutMs: number): Promise<void> {
    this.#isClosed = true;
    this.#isHeld = true;
    this.#stopMetrics();
    this.#metricsAreDue = true;
    if (this.#client) (await this.#client).hold();
    const lanes = Object.values(this.#lanes).map((lane) => lane.close());
    await new Promise<void>((resolve) => {
      const patience = this.#options.clock.setTimer(timeoutMs, resolve);
      void Promise.all(lanes).then(() => {
        patience.cancel();
        resolve();
      });
    });
    if (this.#client) (await this.#client).close();
  }
}
