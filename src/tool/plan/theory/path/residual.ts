import { BIN_STARTS } from "./bins.ts";
import { survivals } from "./cumulative.ts";
import { addEvenly, finishDraft, newDraft } from "./draft.ts";
import { oneOf, timeOfService } from "./laws.ts";
import { meanSeconds, type ResponseTime } from "./response-time.ts";
import { inSequence } from "./sequence.ts";

/**
 * How long what is under way still takes, for someone who comes at a random time: the density is P(S > t) / E[S] (W. Feller, "An
 * Introduction to Probability Theory and Its Applications", vol. II, section XI.4). Pure.
 *
 * @throws RangeError for a law of no time.
 */
export function residualTime(service: ResponseTime): ResponseTime {
  const mean = meanSeconds(service);
  if (!(mean > 0)) throw new RangeError("of no time nothing is left");
  const draft = newDraft();
  const above = survivals(service);
  addEvenly(draft, 0, BIN_STARTS[service.first] as number, (BIN_STARTS[service.first] as number) / mean);
  for (let n = 0; n < service.shares.length; n++) {
    const start = BIN_STARTS[service.first + n] as number;
    const end = Math.min(service.mostSeconds, BIN_STARTS[service.first + n + 1] as number);
    const past = above[n + 1] as number;
    const here = service.shares[n] as number;
    const at = (service.means[n] as number) || start;
    // Those of the bin are here until their mean; those beyond it all the way.
    addEvenly(draft, start, at, ((past + here) * (at - start)) / mean);
    if (end > at) addEvenly(draft, at, end, (past * (end - at)) / mean);
  }
  return finishDraft(draft, 0, service.mostSeconds);
}

/** Terms are doubled until the rest is less than this share, which a wait by the exponential law stands for. */
const REST = 0.05;

/**
 * The wait of those that wait before one server to which requests come at random times, at a utilisation above 0 and below 1: a sum of
 * geometrically many residual times (the Pollaczek-Khinchine formula, as V. E. Beneš read it, "On Queues with Poisson Arrivals",
 * Annals of Mathematical Statistics 28, 1957). Some milliseconds, more the nearer to full load. Pure.
 */
export function waitOfWaiting(service: ResponseTime, utilisation: number): ResponseTime {
  const residual = residualTime(service);
  const rest = timeOfService({
    kind: "exponential",
    meanSeconds: meanSeconds(residual) / (1 - utilisation),
  });
  // The sum of k residual times, for k = 1 … n, by their chances given that it is no more than n; and that of n.
  let some = residual;
  let all = residual;
  let beyond = utilisation;
  while (beyond > REST) {
    some = oneOf([
      { share: 1 / (1 + beyond), time: some },
      { share: beyond / (1 + beyond), time: inSequence(all, some) },
    ]);
    all = inSequence(all, all);
    beyond *= beyond;
  }
  return oneOf([
    { share: 1 - beyond, time: some },
    { share: beyond, time: inSequence(all, rest) },
  ]);
}
