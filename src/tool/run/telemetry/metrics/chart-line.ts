import type { Reading } from "../../../control-api/metrics.ts";
import { Distribution } from "./distribution.ts";
import type { Series } from "./series.ts";
import type { Steps } from "./steps.ts";
import { TrackCursor } from "./track-cursor.ts";

const cursor = new TrackCursor();

const RANKS: Partial<Record<Reading, number>> = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 };

/** How a line is read of its series. */
export interface LineReading {
  readonly steps: Steps;
  readonly as: Reading;
  /** The tier to read. */
  readonly tier: number;
  /** What lies after this has not happened yet. */
  readonly nowMs: number;
}

/** One line of a chart: several series of one metric, added up (or their histograms merged). Null where nothing is known. Pure. */
export function lineOf(series: readonly Series[], reading: LineReading): (number | null)[] {
  const kind = series[0]?.metric.kind;
  if (kind === "gauge") return gaugeLine(series, reading);
  switch (reading.as) {
    case "rate":
    case "sum-rate":
      return rateLine(series, reading);
    case "value":
      return totalLine(series, reading);
    default:
      return distributionsOf(series, reading).map((sum) => {
        if (!sum || sum.count === 0) return null;
        const rank = RANKS[reading.as];
        return rank === undefined ? sum.sum / sum.count : sum.percentile(rank);
      });
  }
}

/** The histograms of each step, merged. Undefined where nothing was reported. */
export function distributionsOf(
  series: readonly Series[],
  { steps, tier }: LineReading,
): (Distribution | undefined)[] {
  const sums = new Array<Distribution | undefined>(steps.count).fill(undefined);
  for (const each of series) {
    const { layout } = each;
    if (!layout) continue;
    eachEntry(each, steps, tier, (step, share) => {
      sums[step] ??= new Distribution();
      sums[step].addEntry(layout, cursor.entry, share);
    });
  }
  return sums;
}

function rateLine(series: readonly Series[], reading: LineReading): (number | null)[] {
  const { steps, tier, nowMs } = reading;
  const amounts = new Float64Array(steps.count);
  const isKnown = new Uint8Array(steps.count);
  const endMs = Math.min(steps.fromMs + steps.count * steps.stepMs, nowMs);
  for (const each of series) {
    let newestRate: number | undefined;
    cursor.open(each.track, 0);
    if (cursor.previous()) {
      newestRate = amountOf(each, reading.as) / (cursor.entryToMs - cursor.entryFromMs);
    }
    eachEntry(each, steps, tier, (step, share) => {
      amounts[step] = (amounts[step] ?? 0) + share * amountOf(each, reading.as);
      isKnown[step] = 1;
    });
    // Who reports every few seconds has said nothing of the last ones yet: its rate is taken to go on, for as long as a report may take.
    const { toMs } = each.track;
    if (newestRate === undefined || Number.isNaN(newestRate) || toMs === undefined) continue;
    const heldMs = Math.min(endMs, each.heldUntilMs());
    eachStep(steps, toMs, heldMs, (step, overlapMs) => {
      amounts[step] = (amounts[step] ?? 0) + overlapMs * newestRate;
      isKnown[step] = 1;
    });
  }
  return Array.from(amounts, (amount, step) => {
    if (isKnown[step] === 0) return null;
    // The step in which the present lies is not over.
    const lengthMs = Math.min(steps.stepMs, Math.max(1, endMs - steps.fromMs - step * steps.stepMs));
    return (amount * 1_000) / lengthMs;
  });
}

/** The total at the end of each step: what is counted now, less what came after it. */
function totalLine(series: readonly Series[], { steps, tier }: LineReading): (number | null)[] {
  const endMs = steps.fromMs + steps.count * steps.stepMs;
  const totals = new Float64Array(steps.count);
  const isKnown = new Uint8Array(steps.count);
  for (const each of series) {
    const amounts = new Float64Array(steps.count);
    const known = new Uint8Array(steps.count);
    let total = each.total;
    cursor.open(each.track, tier);
    while (cursor.previous() && cursor.toMs > endMs) {
      const share = cursor.shareIn(endMs, Number.POSITIVE_INFINITY);
      if (!Number.isNaN(cursor.entry.value)) total -= share * amountOf(each, "rate");
    }
    eachEntry(each, steps, tier, (step, share) => {
      amounts[step] = (amounts[step] ?? 0) + share * amountOf(each, "rate");
      known[step] = 1;
    });
    for (let step = steps.count - 1; step >= 0; step--) {
      if (known[step] === 1) {
        totals[step] = (totals[step] ?? 0) + total;
        isKnown[step] = 1;
      }
      total -= amounts[step] ?? 0;
    }
  }
  return Array.from(totals, (total, step) => (isKnown[step] === 1 ? total : null));
}

function gaugeLine(series: readonly Series[], { steps, tier, nowMs }: LineReading): (number | null)[] {
  const sums = new Array<number | null>(steps.count).fill(null);
  const endMs = steps.fromMs + steps.count * steps.stepMs;
  for (const each of series) {
    const isSet = new Uint8Array(steps.count);
    // A value holds from when it was read: the newest one that began before the end of a step is the last of it.
    const hold = (fromMs: number, toMs: number, value: number) => {
      const first = Math.max(0, Math.floor((fromMs - steps.fromMs) / steps.stepMs));
      const last = Math.min(steps.count - 1, Math.floor((toMs - 1 - steps.fromMs) / steps.stepMs));
      for (let step = first; step <= last; step++) {
        if (isSet[step] === 1) continue;
        isSet[step] = 1;
        sums[step] = (sums[step] ?? 0) + value;
      }
    };
    if (each.lastMs > 0) {
      const heldMs = Math.min(nowMs, each.heldUntilMs());
      hold(each.lastMs, Math.max(each.lastMs + 1, heldMs), each.lastValue);
    }
    cursor.open(each.track, tier, endMs);
    while (cursor.previous() && cursor.toMs > steps.fromMs) {
      if (!Number.isNaN(cursor.entry.value)) hold(cursor.fromMs, cursor.toMs, cursor.entry.value);
    }
  }
  return sums;
}

/** What an entry of a counter or a histogram adds: its increase, or how many values it took, or their sum. */
function amountOf(series: Series, as: Reading): number {
  const { entry } = cursor;
  if (!series.layout || as === "sum-rate" || Number.isNaN(entry.value)) return entry.value;
  let count = 0;
  for (let index = 0; index < entry.used; index++) count += entry.counts[index] ?? 0;
  return count;
}

/** Calls back for each entry and each step over which it lies, with the share of it in that step. The entry is the cursor's. */
function eachEntry(
  series: Series,
  steps: Steps,
  tier: number,
  visit: (step: number, share: number) => void,
): void {
  const endMs = steps.fromMs + steps.count * steps.stepMs;
  cursor.open(series.track, tier, endMs);
  while (cursor.previous() && cursor.toMs > steps.fromMs) {
    if (Number.isNaN(cursor.entry.value)) continue;
    const lengthMs = cursor.entryToMs - cursor.entryFromMs;
    eachStep(steps, cursor.fromMs, Math.min(cursor.toMs, endMs), (step, overlapMs) =>
      visit(step, overlapMs / lengthMs),
    );
  }
}

function eachStep(
  steps: Steps,
  fromMs: number,
  toMs: number,
  visit: (step: number, overlapMs: number) => void,
): void {
  if (toMs <= fromMs) return;
  const first = Math.max(0, Math.floor((fromMs - steps.fromMs) / steps.stepMs));
  const last = Math.min(steps.count - 1, Math.ceil((toMs - steps.fromMs) / steps.stepMs) - 1);
  for (let step = first; step <= last; step++) {
    const beginMs = steps.fromMs + step * steps.stepMs;
    const overlapMs = Math.min(toMs, beginMs + steps.stepMs) - Math.max(fromMs, beginMs);
    if (overlapMs > 0) visit(step, overlapMs);
  }
}
