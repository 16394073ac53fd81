import { type ScalingDecision, SYNC_PERIOD_MS } from "../../../blocks/autoscale/index.ts";
import { messageOf } from "../../../blocks/errors/index.ts";
import type { Clock, Timer } from "../../../blocks/time/index.ts";
import type { SystemModel } from "../../design/model.ts";
import type { GaugeReader, MetricReader } from "../telemetry/metric-reader.ts";
import { readForecast, writeForecast } from "./forecast-file.ts";
import type { ScaledService } from "./scaled-service.ts";
import { edgesTo } from "./service-readings.ts";
import { type Look, ServiceScaler } from "./service-scaler.ts";

/** How often what was learned of loads is written down. */
const SAVE_EVERY_MS = 300_000;
/** After so many looks in vain it is said that a metric cannot be read. */
const UNREAD_LOOKS = 2;

/** How often is looked, and over how long is read. */
export interface ScalingTimes {
  /** From one look to the next, in milliseconds. Default 15,000, as the HorizontalPodAutoscaler's. */
  readonly syncPeriodMs?: number;
  /** Over how long before a look metrics are read, in milliseconds. Default 15,000. */
  readonly windowMs?: number;
}

export interface ScalingOptions extends ScalingTimes {
  readonly model: SystemModel;
  readonly services: readonly ScaledService[];
  readonly reader: MetricReader & GaugeReader;
  readonly clock: Clock;
  readonly stateFolder: string;
  /** Told each change before it is made. */
  readonly onChange: (service: string, replicas: number, reason: string) => void;
  /** Told when a metric cannot be read, and when it can again; and what hindered a change. */
  readonly onNotice: (service: string, message: string) => void;
}

/**
 * Looks every 15 s at each service whose replicas follow its load, and scales it. It never waits for a change: what starts slowly does
 * not keep it from looking, and what a change comes to is seen in the next look.
 */
export class ScalingLoop {
  readonly #options: ScalingOptions;
  readonly #scalers: readonly ServiceScaler[];
  readonly #last = new Map<string, ScalingDecision>();
  /** In how many looks in a row a metric of a service could not be read. */
  readonly #unread = new Map<string, number>();
  #timer: Timer | undefined;
  #savedMs: number;
  #closed = false;

  constructor(options: ScalingOptions) {
    const { model, services, reader, stateFolder, clock, windowMs = SYNC_PERIOD_MS } = options;
    this.#options = options;
    this.#savedMs = clock.monotonicMs();
    this.#scalers = services.map((service) => {
      const { name, scaling } = service;
      const reading = { reader, service: name, edges: edgesTo(name, model), windowMs };
      const { predictive } = scaling;
      return new ServiceScaler(
        service,
        reading,
        predictive && readForecast(stateFolder, name, predictive.metric),
      );
    });
  }

  /** Begins to look, for the first time after a whole period. The timer keeps no process alive. */
  start(): void {
    if (this.#closed) return;
    const { clock, syncPeriodMs = SYNC_PERIOD_MS } = this.#options;
    this.#timer = clock.setTimer(syncPeriodMs, () => {
      this.#lookAtAll();
      this.start();
    });
    this.#timer.unref();
  }

  /** Why a service has as many replicas as it has, by the last look; undefined before the first, and once somebody changed it since. */
  reasonOf(name: string): string | undefined {
    const last = this.#last.get(name);
    const service = this.#options.services.find((one) => one.name === name);
    return last?.replicas === service?.wanted ? last?.reason : undefined;
  }

  /** Looks no more, and writes down what was learned. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.cancel();
    this.#save();
  }

  #lookAtAll(): void {
    const { clock } = this.#options;
    for (const scaler of this.#scalers) {
      const look = scaler.look(clock.wallMs());
      if (look) this.#act(scaler.service, look);
    }
    if (clock.monotonicMs() - this.#savedMs >= SAVE_EVERY_MS) this.#save();
  }

  #act(service: ScaledService, { current, decision }: Look): void {
    const { name } = service;
    const { onChange, onNotice } = this.#options;
    this.#last.set(name, decision);
    this.#tellUnread(name, decision);
    if (decision.replicas === current) return;
    onChange(name, decision.replicas, decision.reason);
    service.scale(decision.replicas).catch((thrown: unknown) => {
      if (!this.#closed) onNotice(name, messageOf(thrown));
    });
  }

  #tellUnread(name: string, { limitedBy, reason, proposals }: ScalingDecision): void {
    const { onNotice } = this.#options;
    const before = this.#unread.get(name) ?? 0;
    if (proposals.some(({ measured }) => measured === undefined)) {
      // Once may be an edge that has just begun, or begins anew.
      const looks = limitedBy === "unreadable" ? before + 1 : before;
      this.#unread.set(name, looks);
      if (looks === UNREAD_LOOKS && before < looks) onNotice(name, reason);
    } else if (this.#unread.delete(name) && before >= UNREAD_LOOKS)
      onNotice(name, `what it is scaled by can be read again: ${reason}`);
  }

  #save(): void {
    const { clock, stateFolder } = this.#options;
    this.#savedMs = clock.monotonicMs();
    for (const { service, forecast } of this.#scalers)
      if (forecast) writeForecast(stateFolder, service.name, forecast);
  }
}
