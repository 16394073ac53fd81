import type { Clock, Random } from "../../../blocks/time/index.ts";
import type { AccessLogConfig, EdgeConfig } from "../config/index.ts";
import type { ConnectionObserver } from "../layer4/connection-record.ts";
import type { Upstream } from "../upstream/upstream.ts";
import { type AccessLog, openAccessLog } from "./access-log.ts";
import type { ExchangeObserver, ExchangeRecord } from "./exchange-record.ts";
import type { ListenerMeter } from "./listener-meter.ts";
import { EdgeMetrics } from "./metrics.ts";
import type { MeteredNames, MetricSource } from "./metrics-snapshot.ts";
import { ProcessMetrics } from "./process-metrics.ts";
import { type EdgeReading, statusMetrics } from "./upstream-status.ts";

/** What is opened for a configuration that is not in force yet. */
export interface PreparedLog {
  readonly log: AccessLog | undefined;
  readonly isNew: boolean;
}

/** What an edge keeps of what passes through it: metrics always, and a log where one is asked for. */
export class Observation implements ExchangeObserver {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #upstreams: ReadonlyMap<string, Upstream>;
  readonly #process: ProcessMetrics;
  readonly #metrics: EdgeMetrics;
  #log: AccessLog | undefined;

  constructor(clock: Clock, random: Random, upstreams: ReadonlyMap<string, Upstream>) {
    this.#clock = clock;
    this.#random = random;
    this.#upstreams = upstreams;
    this.#process = new ProcessMetrics(clock);
    this.#metrics = new EdgeMetrics([
      this.#process,
      statusMetrics(() => this.#statuses()),
      { collect: (into) => this.#log?.collect(into) },
    ]);
  }

  exchangeDone(record: ExchangeRecord): void {
    this.#metrics.exchangeDone(record);
    this.#log?.exchangeDone(record);
  }

  /** See `EdgeMetrics.details`. */
  set details(details: MetricSource | undefined) {
    this.#metrics.details = details;
  }

  /** What is counted of a listener, by `host:port`. */
  meterOf(listener: string): ListenerMeter {
    return this.#metrics.listener(listener);
  }

  /** Opens the log that a configuration asks for, unless it is open. Rejects with `EdgeError` `INVALID_CONFIG`. */
  async prepare(config: AccessLogConfig | undefined): Promise<PreparedLog> {
    if (!config) return { log: undefined, isNew: false };
    if (this.#log?.writesTo(config)) return { log: this.#log, isNew: false };
    const log = await openAccessLog(config, { clock: this.#clock, random: this.#random });
    return { log, isNew: true };
  }

  /** Follows a configuration that is in force. */
  apply({ log }: PreparedLog, config: EdgeConfig, names: MeteredNames): void {
    const before = this.#log;
    this.#log = log;
    if (before && before !== log) void before.close();
    else if (log && config.accessLog) log.configure(config.accessLog);
    this.#metrics.configure(names);
  }

  reading(): EdgeReading {
    return { metrics: this.#metrics.snapshot(), upstreams: this.#statuses() };
  }

  /** Opens the log's file again: somebody has moved it away. */
  async reopenLog(): Promise<void> {
    await this.#log?.reopen();
  }

  async close(): Promise<void> {
    this.#process.close();
    await this.#log?.close();
  }

  #statuses(): EdgeReading["upstreams"] {
    return [...this.#upstreams.values()].map((upstream) => upstream.snapshot());
  }
}

/** Tells a listener's meter of connections of layer 4. `meter` is asked for each time: it may be made after the listener. */
export function meteredConnections(meter: () => ListenerMeter): ConnectionObserver {
  return {
    connectionOpened: (transport) => meter().connectionOpened(transport),
    connectionDone({ transport, bytesIn, bytesOut, end }, opened) {
      if (opened) {
        meter().connectionClosed(transport);
        if (transport === "tcp") meter().streamed(bytesIn, bytesOut);
      } else if (end === "proxy" || end === "tls") meter().connectionRefused(end);
      else if (end !== "left" && end !== "closed") meter().connectionRefused("unroutable");
    },
    connectionRefused: (reason) => meter().connectionRefused(reason),
    datagramIn: (bytes) => meter().datagramIn(bytes),
    datagramOut: (bytes) => meter().datagramOut(bytes),
    datagramDropped: (reason) => meter().datagramDropped(reason),
  };
}
