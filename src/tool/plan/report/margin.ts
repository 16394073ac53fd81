import type { RequirementAnswer } from "../plan-answer.ts";
import { rateText } from "./figure-text.ts";

/**
 * By how much a requirement holds or not, in a few words: `94% to spare`, `3 times the loss allowed`. Undefined where nothing is
 * predicted. Pure.
 */
export function marginText({ predicted, required, bound, unit }: RequirementAnswer): string | undefined {
  if (predicted === undefined || Number.isNaN(predicted)) return undefined;
  if (bound === "at-most") {
    if (!Number.isFinite(predicted)) return "beyond all bounds";
    if (required <= 0) return predicted <= 0 ? "none to spare" : "too much";
    return difference(predicted / required, "to spare", "too much");
  }
  if (!Number.isFinite(predicted)) return "without a bound";
  // What is nearly the whole is told by what it lacks: 99.9% is ten times as bad as 99.99%.
  if (unit === "share" && required > 0.9 && required < 1) {
    const times = (1 - predicted) / (1 - required);
    if (times <= 1.0005) return `${percent(times)} of the loss allowed`;
    return times < 2
      ? `${percent(times - 1)} more loss than allowed`
      : `${few(times)} times the loss allowed`;
  }
  if (required <= 0) return undefined;
  if (predicted >= 2 * required) return `${few(predicted / required)} times what is asked`;
  return predicted >= required
    ? `${percent(predicted / required - 1)} to spare`
    : `${percent(1 - predicted / required)} short`;
}

/** Up to which load a requirement holds: `holds up to 8,100/s, 1.2 times the peak`. Undefined where no load is known at which it breaks. */
export function breakText(
  { breaksAtPerSecond }: RequirementAnswer,
  peakPerSecond: number,
): string | undefined {
  if (breaksAtPerSecond === undefined) return undefined;
  if (!Number.isFinite(breaksAtPerSecond)) return "No load breaks it.";
  const beside = peakPerSecond > 0 ? `, ${timesThePeak(breaksAtPerSecond, peakPerSecond)}` : "";
  return `It stops holding at ${rateText(breaksAtPerSecond)}${beside}.`;
}

/** A load beside the peak: `1.2 times the peak`, `60% of the peak`. */
export function timesThePeak(perSecond: number, peakPerSecond: number): string {
  const times = perSecond / peakPerSecond;
  if (times < 0.995) return `${percent(times)} of the peak`;
  return times < 1.005 ? "just the peak" : `${few(times)} times the peak`;
}

function difference(used: number, below: string, above: string): string {
  if (used <= 1) return used === 1 ? `none ${below}` : `${percent(1 - used)} ${below}`;
  return used < 2 ? `${percent(used - 1)} ${above}` : `${few(used)} times what is allowed`;
}

/** Never rounded to the nothing or the whole that it is not. */
function percent(share: number): string {
  const whole = Math.round(share * 100);
  if (whole === 0 && share > 0) return "under 1%";
  return whole === 100 && share < 1 ? "over 99%" : `${whole}%`;
}

function few(times: number): string {
  return times < 1_000 ? String(Number(times.toPrecision(times < 10 ? 2 : 3))) : times.toFixed(0);
}
