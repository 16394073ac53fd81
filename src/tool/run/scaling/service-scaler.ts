import {
  type Autoscaler,
  type AutoscalerState,
  autoscaler,
  type PredictiveScaler,
  predictiveScaler,
  type ScalingDecision,
} from "../../../blocks/autoscale/index.ts";
import type { PredictiveModel } from "../../design/scaling-model.ts";
import type { ForecastState } from "./forecast-file.ts";
import type { ScaledService } from "./scaled-service.ts";
import { type ReadingOptions, readService, type ServiceReadings } from "./service-readings.ts";

/**
 * How long what a replica uses is not trusted after its start, unless it is ready and was read since: programs on one machine start in
 * seconds, and Kubernetes' five minutes would leave the first of them overloaded for as long.
 */
export const CPU_INITIALIZATION_MS = 30_000;

/** What a scaler wants to be done, and why. */
export interface Look {
  /** How many were wanted. */
  readonly current: number;
  readonly decision: ScalingDecision;
}

/** Decides how many replicas one service should have, from what is observed of it. Pure: time comes with each look. */
export class ServiceScaler {
  readonly service: ScaledService;
  readonly #reading: ReadingOptions;
  #scaler: Autoscaler;
  /** What the last look asked for. */
  #asked: number | undefined;
  readonly #ahead: PredictiveScaler | undefined;

  /** @param forecast what was learned of the load in earlier runs. */
  constructor(service: ScaledService, reading: ReadingOptions, forecast?: ForecastState) {
    const { predictive } = service.scaling;
    this.service = service;
    this.#reading = reading;
    this.#scaler = this.#begin();
    this.#ahead = predictive && predictiveScaler(predictive, forecast?.history);
  }

  /** Undefined before the service was started. */
  look(nowMs: number): Look | undefined {
    const { keepers, wanted, scaling } = this.service;
    const replicas = [...keepers];
    if (replicas.every(({ state }) => state.is === "waiting")) return undefined;
    const metrics = scaling.metrics.map(({ name }) => name);
    const readings = readService(this.#reading, metrics, replicas, nowMs);
    const predicted = this.#predicted(readings, nowMs);
    // Somebody else changed it: what he asked for is not taken away at once, as by Kubernetes, but counts as the first that is recommended.
    if (this.#asked !== undefined && this.#asked !== wanted)
      this.#scaler = this.#begin({ ...this.#scaler.state, begun: false });
    const decision = this.#scaler.decide({ ...readings, nowMs, current: wanted, predicted });
    this.#asked = decision.replicas;
    return { current: wanted, decision };
  }

  /** What was learned of the load, to be kept beyond this run; undefined when nothing is forecast. */
  get forecast(): ForecastState | undefined {
    const { predictive } = this.service.scaling;
    return predictive && this.#ahead ? { metric: predictive.metric, history: this.#ahead.state } : undefined;
  }

  #begin(state?: AutoscalerState): Autoscaler {
    const { predictive: _, ...options } = this.service.scaling;
    return autoscaler({ ...options, cpuInitializationMs: CPU_INITIALIZATION_MS }, state);
  }

  #predicted(readings: ServiceReadings, nowMs: number): number | undefined {
    const { predictive } = this.service.scaling;
    if (!predictive || !this.#ahead) return undefined;
    const load = loadOf(predictive, readings);
    if (load !== undefined) this.#ahead.observe(nowMs, load);
    return this.#ahead.predict(nowMs)?.replicas;
  }
}

/** The load of all replicas together; undefined when it could not be read. */
function loadOf({ metric }: PredictiveModel, { replicas, totals }: ServiceReadings): number | undefined {
  if (metric !== "cpu") return totals[metric];
  const known = replicas.flatMap(({ metrics: { cpu } }) => (cpu === undefined ? [] : [cpu]));
  return known.length > 0 ? known.reduce((sum, cpu) => sum + cpu, 0) : undefined;
}
