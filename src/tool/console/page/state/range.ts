import { computed, type ReadonlySignal } from "@preact/signals";
import { durationMsOf } from "../../model/duration.ts";
import { param, setParams } from "./address.ts";
import { nowMs } from "./clock.ts";

/** The stretch of time that all charts, logs and traces show, in Unix milliseconds. */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
  /** It ends now, and moves on. */
  readonly isLive: boolean;
}

/** Live ranges that are offered, in the form in which the address has them. */
export const RANGES = ["1m", "5m", "15m", "1h", "3h", "6h", "12h", "24h"] as const;

const SPAN_DEFAULT = "15m";
const SPAN_MS_MIN = 1_000;
const SPAN_MS_MAX = 30 * 86_400_000;

/** When the page was made to stand still; undefined while it moves. */
const pausedMs = computed(() => {
  const text = param("pause");
  const at = text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(at) && at > 0 ? at : undefined;
});

/** Whether what is shown stands still. Charts end at the moment of the pause; figures and states stay as they were then. */
export const paused: ReadonlySignal<boolean> = computed(() => pausedMs.value !== undefined);

/** What the address says of the live span: `15m`; undefined of a range that stands. */
export const liveSpan: ReadonlySignal<string | undefined> = computed(() => {
  if (fixed.value) return undefined;
  const text = param("range");
  return text !== undefined && spanMsOf(text) !== undefined ? text : SPAN_DEFAULT;
});

const fixed = computed(() => {
  const [from, to] = [Number(param("from")), Number(param("to"))];
  if (!(from > 0 && to - from >= SPAN_MS_MIN && to - from <= SPAN_MS_MAX)) return undefined;
  return { fromMs: from, toMs: to };
});

const spanMs = computed(() => spanMsOf(liveSpan.value ?? SPAN_DEFAULT) ?? 900_000);

/** A live range moves on in steps of what one pixel of a chart stands for, so that a day does not ask each second. */
const liveEndMs = computed(() => {
  const stepMs = Math.min(30_000, Math.max(1_000, spanMs.value / 300));
  return pausedMs.value ?? Math.ceil(nowMs.value / stepMs) * stepMs;
});

/** What is shown. It is the same object for as long as nothing changes. */
export const range: ReadonlySignal<Range> = computed(() => {
  if (fixed.value) return { ...fixed.value, isLive: false };
  const toMs = liveEndMs.value;
  return { fromMs: toMs - spanMs.value, toMs, isLive: pausedMs.value === undefined };
});

/** Shows the last `15m`, `6h` and so on, up to now. */
export function showLast(span: string): void {
  setParams({ range: span, from: undefined, to: undefined, pause: undefined }, "push");
}

/** Shows a stretch that stands: of a zoom into a chart, of a run. At least a second. */
export function showBetween(fromMs: number, toMs: number): void {
  const end = Math.max(toMs, fromMs + SPAN_MS_MIN);
  setParams({ from: String(Math.floor(fromMs)), to: String(Math.ceil(end)), range: undefined }, "push");
}

/** Makes what is shown stand still, or move again; a range that stands becomes the last minutes. */
export function togglePause(): void {
  if (fixed.peek()) {
    setParams({ from: undefined, to: undefined, pause: undefined }, "push");
  } else {
    setParams({ pause: paused.peek() ? undefined : String(Math.round(nowMs.peek())) });
  }
}

function spanMsOf(text: string): number | undefined {
  const ms = durationMsOf(text);
  return ms !== undefined && ms >= SPAN_MS_MIN && ms <= SPAN_MS_MAX ? ms : undefined;
}
