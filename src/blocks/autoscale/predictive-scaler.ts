import { type Forecast, type ForecasterOptions, type ForecasterState, forecaster } from "./forecaster.ts";
import { wholeReplicas } from "./metric.ts";

/** What a forecast of load means in replicas. */
export interface PredictiveScalerOptions {
  /** The load that one replica carries when it is at its target, in the unit of what is observed; above 0. */
  readonly perReplica: number;
  /** How much more than the forecast there should be room for, as a part of it. Default 0.2. */
  readonly headroom?: number;
  /** How long before a load comes its replicas are asked for: what a cold start takes, and more, in milliseconds. Default 300,000. */
  readonly leadMs?: number;
  /** Forecasts that are off by more than this part in the median are not followed. Default 0.25. */
  readonly errorMax?: number;
  /** How the load is remembered; its `leadMs` is that of the scaler. */
  readonly history?: Omit<ForecasterOptions, "leadMs">;
}

/** How many replicas a load to come asks for. */
export interface Prediction {
  readonly replicas: number;
  /** When the load is to be highest, within the lead, and what it will be. */
  readonly atMs: number;
  readonly forecast: Forecast;
}

/** Asks for replicas before the load comes. */
export interface PredictiveScaler {
  /** Notes the load of all replicas together. Time is the wall clock, in milliseconds since the epoch. */
  observe(timeMs: number, load: number): void;
  /** Undefined without a forecast to rely on: the reactive scaler is alone then. */
  predict(nowMs: number): Prediction | undefined;
  readonly state: ForecasterState;
}

const DAY_MS = 86_400_000;
/** At so many times within the lead, at most, the forecast is read. */
const STEPS_MAX = 300;

/**
 * Asks for the replicas that the load of the next minutes will need, with head-room: the most that is forecast from now until
 * `leadMs` from now. Its answer goes to an `autoscaler` as `predicted`, which takes whichever asks for more, so that a forecast
 * can add replicas early and never take away what the metrics need.
 *
 * @throws RangeError for an option out of its range.
 */
export function predictiveScaler(
  options: PredictiveScalerOptions,
  state?: ForecasterState,
): PredictiveScaler {
  const { perReplica, headroom = 0.2, leadMs = 300_000, errorMax = 0.25, history = {} } = options;
  const { slotMs = 300_000 } = history;
  checkLoad("perReplica", perReplica);
  if (!(headroom >= 0 && headroom < Number.POSITIVE_INFINITY))
    throw new RangeError(`headroom has to be a part from 0, as 0.2, not ${headroom}`);
  if (!(errorMax > 0)) throw new RangeError(`errorMax has to be a part above 0, as 0.25, not ${errorMax}`);
  if (!(leadMs >= 0 && leadMs <= DAY_MS))
    throw new RangeError(`leadMs has to be from 0 to ${DAY_MS}, not ${leadMs}`);
  const judgedMs = Math.max(1, Math.ceil(leadMs / slotMs)) * slotMs;
  const stepMs = Math.max(slotMs, leadMs / STEPS_MAX);
  const learned = forecaster({ ...history, leadMs: judgedMs }, state);
  return {
    observe: learned.observe.bind(learned),
    predict(nowMs) {
      let highest: { readonly atMs: number; readonly forecast: Forecast } | undefined;
      for (let aheadMs = 0; ; aheadMs = Math.min(leadMs, aheadMs + stepMs)) {
        const forecast = learned.forecast(nowMs + aheadMs);
        if (!forecast || !(forecast.error <= errorMax)) return undefined;
        if (!highest || forecast.value > highest.forecast.value)
          highest = { atMs: nowMs + aheadMs, forecast };
        if (aheadMs >= leadMs) break;
      }
      return { ...highest, replicas: replicasFor({ load: highest.forecast.value, perReplica, headroom }) };
    },
    get state() {
      return learned.state;
    },
  };
}

/**
 * The replicas that a load needs: `ceil(load × (1 + headroom) / perReplica)`, at least 0.
 *
 * @param sizes `load` and `perReplica` in one unit, as requests per second; `headroom` as a part of the load, default 0.
 * @throws RangeError when `perReplica` is not above 0.
 */
export function replicasFor(sizes: { load: number; perReplica: number; headroom?: number }): number {
  const { load, perReplica, headroom = 0 } = sizes;
  checkLoad("perReplica", perReplica);
  return wholeReplicas((load * (1 + headroom)) / perReplica);
}

function checkLoad(name: string, load: number): void {
  if (!(load > 0 && load < Number.POSITIVE_INFINITY))
    throw new RangeError(`${name} has to be a number above 0, not ${load}`);
}
