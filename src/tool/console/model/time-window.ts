/** What of a whole stretch of time is looked at. Pure. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A window is never shorter than this share of the whole: nothing would be told apart in it. */
const SHARE_MIN = 1 / 5_000;

/** A window within the whole: as long as it was where that is possible, moved in where it hangs over an end. */
export function withinWhole(window: TimeWindow, whole: TimeWindow): TimeWindow {
  const wholeMs = whole.toMs - whole.fromMs;
  const lengthMs = Math.min(wholeMs, Math.max(window.toMs - window.fromMs, wholeMs * SHARE_MIN));
  const fromMs = Math.min(Math.max(window.fromMs, whole.fromMs), whole.toMs - lengthMs);
  return { fromMs, toMs: fromMs + lengthMs };
}

/** A window that shows so much more (`factor` under 1) or less of the time, with one moment where it was. */
export function zoomed(window: TimeWindow, whole: TimeWindow, atMs: number, factor: number): TimeWindow {
  return withinWhole(
    { fromMs: atMs - (atMs - window.fromMs) * factor, toMs: atMs + (window.toMs - atMs) * factor },
    whole,
  );
}

/** Where a stretch lies in a window, as shares of it: `left` and `width` from 0 to 1. Undefined of what lies outside. */
export function shareOf(
  stretch: TimeWindow,
  { fromMs, toMs }: TimeWindow,
): { readonly left: number; readonly width: number } | undefined {
  const wholeMs = toMs - fromMs;
  if (!(wholeMs > 0)) return { left: 0, width: 1 };
  const left = Math.max(0, (stretch.fromMs - fromMs) / wholeMs);
  const right = Math.min(1, (stretch.toMs - fromMs) / wholeMs);
  return right < left || left > 1 || right < 0 ? undefined : { left, width: right - left };
}

/** Round moments for the ticks of an axis that begins at nought, in milliseconds, at most so many. */
export function roundTicks({ fromMs, toMs }: TimeWindow, countMax: number): number[] {
  const aimMs = (toMs - fromMs) / Math.max(1, countMax);
  if (!(aimMs > 0)) return [];
  const power = 10 ** Math.floor(Math.log10(aimMs));
  const stepMs =
    [1, 2, 5, 10].map((times) => times * power).find((step) => step >= aimMs * 0.999_999) ?? aimMs;
  const ticks: number[] = [];
  for (let tick = Math.ceil(fromMs / stepMs - 1e-9) + 0; tick * stepMs <= toMs * (1 + 1e-12); tick++) {
    ticks.push(tick * stepMs);
  }
  return ticks;
}
