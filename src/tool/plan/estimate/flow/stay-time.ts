import { constantTime, oneOf, stretched, timeOfService, timeOfTail } from "../../theory/path/laws.ts";
import type { ResponseTime } from "../../theory/path/response-time.ts";
import { inSequence } from "../../theory/path/sequence.ts";
import { twoStageTail } from "../../theory/queueing/mmc.ts";
import { serviceTimeOfMoments } from "../../theory/queueing/service-time.ts";
import type { ServiceLaw } from "./service-law.ts";
import type { Wait } from "./wait.ts";

/**
 * The law of wait, waking up and service together. Undefined for a part that is full. Times are seconds. Pure.
 */
export function stayTime(wait: Wait, service: ServiceLaw, turnSeconds: number): ResponseTime | undefined {
  if (wait.isFull || wait.meanSeconds > FOR_EVER_SECONDS) return undefined;
  const time = servedTime(wait, service);
  return turnSeconds > 0 ? stretched(time, 1, turnSeconds) : time;
}

/** The law of a wait by the exponential law, of that share of cases; undefined for none. */
export function exponentialWait(probability: number, meanSeconds: number): ResponseTime | undefined {
  if (probability < LEAST_SHARE || meanSeconds < LEAST_SECONDS) return undefined;
  return timeOfTail((seconds) => probability * Math.exp(-seconds / meanSeconds), meanSeconds);
}

function servedTime(wait: Wait, service: ServiceLaw): ResponseTime {
  if (wait.probability < LEAST_SHARE || wait.meanSeconds < LEAST_SECONDS) return service.time;
  if (service.isExponential && wait.shape === undefined && wait.scv >= 1)
    return exponentialStay(wait, service.mean);
  return inSequence(waitTime(wait), service.time);
}

/** Who has to wait for longer than a day waits for ever: a part is never that near to full load for long. */
const FOR_EVER_SECONDS = 86_400;

/** A wait of fewer than these, or for less than that, is none. */
const LEAST_SHARE = 1e-9;
const LEAST_SECONDS = 1e-12;

/** Exact: a wait of one or two exponential branches, then an exponential service. */
function exponentialStay(wait: Wait, serviceSeconds: number): ResponseTime {
  const rate = 1 / serviceSeconds;
  const law = serviceTimeOfMoments(wait.meanSeconds, wait.scv);
  const branches =
    law.kind === "hyperexponential" ? law.branches : [{ share: 1, meanSeconds: wait.meanSeconds }];
  const tail = (seconds: number) => {
    let above = (1 - wait.probability) * Math.exp(-rate * seconds);
    for (const { share, meanSeconds } of branches) {
      above += wait.probability * share * twoStageTail(1 / meanSeconds, rate, seconds);
    }
    return above;
  };
  return timeOfTail(tail, wait.probability * wait.meanSeconds + serviceSeconds);
}

/** Waits of mean 1, by how much they vary, in steps of a fiftieth. */
const unitWaits = new Map<number, ResponseTime>();
const STEPS = 50;
const KEPT_MAX = 1_000;

/** Nothing for those that do not wait. */
function waitTime({ probability, meanSeconds, scv, shape }: Wait): ResponseTime {
  const waited = stretched(shape ?? unitWait(scv), meanSeconds);
  if (probability >= 1) return waited;
  return oneOf([
    { share: 1 - probability, time: constantTime(0) },
    { share: probability, time: waited },
  ]);
}

function unitWait(scv: number): ResponseTime {
  const step = Math.round(Math.log(Math.max(scv, 1e-3)) * STEPS);
  let unit = unitWaits.get(step);
  if (unit === undefined) {
    if (unitWaits.size >= KEPT_MAX) unitWaits.clear();
    unit = timeOfService(serviceTimeOfMoments(1, step === 0 ? 1 : Math.exp(step / STEPS)));
    unitWaits.set(step, unit);
  }
  return unit;
}
