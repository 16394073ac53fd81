import { isDeepStrictEqual } from "node:util";
import { Epoch } from "../../../blocks/telemetry/epoch.ts";
import type { Exporter } from "../../../blocks/telemetry/export/exporter.ts";
import type { MetricData, SpanData } from "../../../blocks/telemetry/otlp/model.ts";
import type { Clock, Random, Timer } from "../../../blocks/time/index.ts";
import { exporterTo } from "../../collector.ts";
import type { TelemetryConfig } from "../config/index.ts";
import { otlpMetrics } from "./otlp-metrics.ts";
import type { EdgeReading } from "./upstream-status.ts";

const DEFAULT_INTERVAL_MS = 10_000;
/** How long what is left may take to go out when the edge closes. */
const CLOSE_MS = 1_000;
/** Numbers that have to be fetched are fetched so long before they are told. */
const AHEAD_MS = 100;

/** What a feed is made of. */
export interface FeedOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Whether spans come here to be told. */
  readonly traces: boolean;
  /** When counting began, by the clock's monotonic time: maybe long before there was anybody to tell. */
  readonly startMs: number;
  readonly reading: () => EdgeReading;
  /** Has the numbers fetched that `reading` gives, where they are not at hand. */
  readonly refresh?: () => void;
}

/** Sends what an edge tells of itself to the collector that its configuration names. Loaded only where one does. */
export class CollectorFeed {
  readonly #options: FeedOptions;
  readonly #epoch: Epoch;
  readonly #startUs: number;
  #toldUs: number;
  #config: TelemetryConfig | undefined;
  #exporter: Exporter | undefined;
  #ahead: Timer | undefined;
  /** Those of former configurations that still send what they have. */
  readonly #leaving = new Set<Promise<void>>();

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#epoch = new Epoch(options.clock);
    this.#startUs = this.#epoch.usOf(options.startMs);
    this.#toldUs = this.#epoch.nowUs();
  }

  /** Follows a configuration that is in force; undefined when nothing is to be told any more. */
  follow(config: TelemetryConfig | undefined): void {
    if (isDeepStrictEqual(targetOf(config), targetOf(this.#config))) return;
    this.#config = config;
    this.#leave();
    if (!config) return;
    const { clock, random, traces } = this.#options;
    const everyMs = config.metricsIntervalMs ?? DEFAULT_INTERVAL_MS;
    this.#exporter = exporterTo(config, {
      clock,
      random,
      scope: "trestle.edge",
      traces,
      ...(everyMs > 0 ? { metrics: { everyMs, collect: () => this.#collect(everyMs) } } : {}),
    });
    if (everyMs > 0) this.#refreshIn(everyMs);
  }

  /** Takes a span that ended. */
  readonly tell = (span: SpanData): void => {
    this.#exporter?.span(span);
  };

  /** Sends what is left, for at most a second. */
  async close(): Promise<void> {
    this.#leave();
    await Promise.all(this.#leaving);
  }

  #collect(everyMs: number): readonly MetricData[] {
    const timeUs = this.#epoch.nowUs();
    // What was measured after the numbers were fetched comes with the next ones.
    const marginUs = this.#options.refresh ? 2_000 * AHEAD_MS : 0;
    const times = { startUs: this.#startUs, timeUs, toldUs: this.#toldUs - marginUs };
    this.#toldUs = timeUs;
    this.#refreshIn(everyMs);
    return otlpMetrics(this.#options.reading(), times);
  }

  #refreshIn(everyMs: number): void {
    const { clock, refresh } = this.#options;
    if (!refresh) return;
    this.#ahead?.cancel();
    this.#ahead = clock.setTimer(Math.max(everyMs / 2, everyMs - AHEAD_MS), refresh);
    this.#ahead.unref();
  }

  #leave(): void {
    const exporter = this.#exporter;
    this.#exporter = undefined;
    if (!exporter) return;
    const left = exporter.close({ timeoutMs: CLOSE_MS }).then(() => {
      this.#leaving.delete(left);
    });
    this.#leaving.add(left);
    // The last numbers are taken as it closes.
    this.#ahead?.cancel();
    this.#ahead = undefined;
  }
}

/** What of a configuration is not about which requests are traced: that changes without another exporter. */
function targetOf(config: TelemetryConfig | undefined): Omit<TelemetryConfig, "traces"> | undefined {
  if (!config) return undefined;
  const { traces: _, ...target } = config;
  return target;
}
