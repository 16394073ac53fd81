import type { Clock, Random } from "../../../blocks/time/index.ts";
import type { TelemetryConfig } from "../config/index.ts";
import type { EdgeRuntime } from "../runtime.ts";
import type { Tracer } from "../trace/tracer.ts";
import type { AttemptMeter } from "./attempt-meter.ts";
import type { CollectorFeed } from "./collector-feed.ts";
import type { MeteredNames } from "./metrics-snapshot.ts";
import type { Observation } from "./observation.ts";

/** All that telemetry needs and nobody else: loaded at the first configuration that asks for it. */
interface Parts {
  readonly feed: CollectorFeed;
  readonly attempts: AttemptMeter;
  readonly tracer: Tracer;
}

/** An edge's telemetry, as far as its configuration asks for any: without, nothing of it is loaded or done for requests. */
export class Telemetry {
  readonly #runtime: EdgeRuntime;
  readonly #observation: Observation;
  readonly #random: Random;
  readonly #startMs: number;
  #parts: Parts | undefined;

  constructor(runtime: EdgeRuntime, observation: Observation, random: Random) {
    this.#runtime = runtime;
    this.#observation = observation;
    this.#random = random;
    this.#startMs = runtime.clock.monotonicMs();
  }

  /** Loads what a configuration needs; `apply` follows, or nothing. */
  async prepare(config: TelemetryConfig | undefined): Promise<void> {
    if (config && !this.#parts) this.#parts = await this.#load(this.#runtime.clock);
  }

  /** Follows a configuration that is in force. */
  apply(config: TelemetryConfig | undefined, names: MeteredNames): void {
    const parts = this.#parts;
    if (!parts) return;
    const runtime = this.#runtime;
    parts.feed.follow(config);
    // Kept while nobody is told, so that no total falls when somebody is again.
    parts.attempts.configure(names.upstreams);
    if (config) parts.tracer.configure(config.traces ?? {});
    runtime.tracer = config ? parts.tracer : undefined;
    runtime.attempts = config ? parts.attempts : undefined;
    this.#observation.details = config ? parts.attempts : undefined;
  }

  /** Sends what is left, for at most a second. */
  async close(): Promise<void> {
    await this.#parts?.feed.close();
  }

  async #load(clock: Clock): Promise<Parts> {
    const random = this.#random;
    const startMs = this.#startMs;
    const [{ CollectorFeed: Feed }, { AttemptMeter: Meter }, { Tracer: Made }] = await Promise.all([
      import("./collector-feed.ts"),
      import("./attempt-meter.ts"),
      import("../trace/tracer.ts"),
    ]);
    const feed = new Feed({
      clock,
      random,
      traces: true,
      startMs,
      reading: () => this.#observation.reading(),
    });
    return { feed, attempts: new Meter(), tracer: new Made({}, { clock, random, tell: feed.tell }) };
  }
}
