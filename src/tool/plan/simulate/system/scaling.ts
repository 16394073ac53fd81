import {
  type Autoscaler,
  autoscaler,
  type PredictiveScaler,
  predictiveScaler,
  type ReplicaReading,
  SYNC_PERIOD_MS,
} from "../../../../blocks/autoscale/index.ts";
import type { ScalingModel } from "../../../design/scaling-model.ts";
import type { EventHandler, Simulation } from "../engine/index.ts";
import type { Replica } from "./replica.ts";
import type { SimulatedPart } from "./simulated-part.ts";
import type { ScaledPart } from "./system-simulation.ts";

/** What a replica had done at the last look. */
interface LastLook {
  readonly atMs: number;
  readonly cpuMs: number;
  readonly begun: number;
  readonly thereMs: number;
}

/**
 * Scales a part from time to time: shows the autoscaler of `src/blocks/autoscale`, and the forecast if there is one, what the replicas have done since
 * the last look, and asks the part for as many as it says. Simulated time is the wall clock. Pure.
 */
export class ScalingLoop implements EventHandler {
  readonly #part: SimulatedPart;
  readonly #simulation: Simulation;
  readonly #autoscaler: Autoscaler;
  readonly #predictive: PredictiveScaler | undefined;
  readonly #forecasts: string;
  readonly #everyMs: number;
  readonly #looks = new WeakMap<Replica, LastLook>();

  /** @throws RangeError for an option out of its range. */
  constructor(scaled: ScaledPart, part: SimulatedPart, simulation: Simulation) {
    const { everyMs = SYNC_PERIOD_MS, predictive } = scaled;
    if (!(everyMs > 0)) throw new RangeError(`everyMs has to be above 0, not ${everyMs}`);
    this.#part = part;
    this.#simulation = simulation;
    this.#autoscaler = autoscaler(scaled.autoscaler);
    this.#predictive = predictive && predictiveScaler(predictive);
    this.#forecasts = scaled.predictiveMetric ?? "requestsPerSecond";
    this.#everyMs = everyMs;
    simulation.after(everyMs, this);
  }

  happen(): void {
    const { nowMs } = this.#simulation;
    const part = this.#part;
    const totals: Record<string, number> = { cpu: 0, requestsPerSecond: 0, concurrency: 0, waiting: 0 };
    const replicas = part.replicas.map((replica): ReplicaReading => {
      const metrics = this.#metricsOf(replica, nowMs);
      for (const [name, value] of Object.entries(metrics)) totals[name] = (totals[name] ?? 0) + value;
      totals.waiting = (totals.waiting ?? 0) + replica.waiting;
      return {
        metrics: replica.isUp ? metrics : {},
        ready: replica.isUp,
        ...(replica.readyMs > 0
          ? { startedMs: replica.readyMs - (part.part.startupMs ?? 0), readyChangedMs: replica.readyMs }
          : {}),
        windowMs: Math.min(this.#everyMs, nowMs - replica.readyMs),
      };
    });
    const pending = part.starting.map(
      (startedMs): ReplicaReading => ({ metrics: {}, ready: false, startedMs, phase: "pending" }),
    );
    this.#predictive?.observe(nowMs, totals[this.#forecasts] ?? 0);
    const decision = this.#autoscaler.decide({
      nowMs,
      current: part.wanted,
      replicas: [...replicas, ...pending],
      totals: { waiting: totals.waiting },
      predicted: this.#predictive?.predict(nowMs)?.replicas,
    });
    // A design that scales to nothing has nobody to ask for more.
    part.scaleTo(Math.max(1, decision.replicas));
    this.#simulation.after(this.#everyMs, this);
  }

  #metricsOf(replica: Replica, nowMs: number): Record<"cpu" | "requestsPerSecond" | "concurrency", number> {
    const { thereMs } = replica.measured(nowMs);
    const { cpuMs, begun } = replica;
    const before = this.#looks.get(replica) ?? {
      atMs: Math.max(nowMs - this.#everyMs, replica.readyMs),
      cpuMs: 0,
      begun: 0,
      thereMs: 0,
    };
    this.#looks.set(replica, { atMs: nowMs, cpuMs, begun, thereMs });
    const elapsedMs = nowMs - before.atMs;
    if (!(elapsedMs > 0)) return { cpu: 0, requestsPerSecond: 0, concurrency: 0 };
    return {
      cpu: (cpuMs - before.cpuMs) / elapsedMs,
      requestsPerSecond: ((begun - before.begun) * 1_000) / elapsedMs,
      concurrency: (thereMs - before.thereMs) / elapsedMs,
    };
  }
}

/** How a part is scaled by what its design says. */
export function scalingOf(part: string, scaling: ScalingModel): ScaledPart {
  const { min, max, metrics, behavior, predictive } = scaling;
  // The simulator knows nothing of memory; a metric that cannot be read would keep replicas from being taken away.
  const readable = metrics.filter(({ name }) => name !== "memory");
  const { metric, ...forecast } = predictive ?? { metric: undefined };
  return {
    part,
    autoscaler: {
      min,
      max,
      metrics: readable.length > 0 ? readable : metrics,
      ...(behavior && { behavior }),
    },
    ...(metric !== undefined && "perReplica" in forecast
      ? { predictive: forecast, predictiveMetric: metric }
      : {}),
  };
}
