/** Where values lie in a picture of durations over time: both axes in pixels, the upright one by powers of ten. Pure. */
export interface ScatterPlace {
  readonly xOf: (timeMs: number) => number;
  readonly yOf: (durationMs: number) => number;
  readonly timeAt: (x: number) => number;
  /** Durations for the ticks, the shortest first: 1, 10, 100 ms and so on. */
  readonly ticksMs: readonly number[];
}

/** Lays it out so that the shortest and the longest are both within. */
export function scatterPlace(
  durations: readonly number[],
  time: { readonly fromMs: number; readonly toMs: number },
  box: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number },
): ScatterPlace {
  const known = durations.filter((ms) => ms > 0);
  const low = Math.floor(Math.log10(known.length > 0 ? Math.min(...known) : 1) + 1e-9);
  const high = Math.max(low + 1, Math.ceil(Math.log10(known.length > 0 ? Math.max(...known) : 10) - 1e-9));
  const width = Math.max(1, box.right - box.left);
  const height = Math.max(1, box.bottom - box.top);
  const spanMs = Math.max(1, time.toMs - time.fromMs);
  return {
    xOf: (timeMs) => box.left + ((timeMs - time.fromMs) / spanMs) * width,
    yOf: (ms) => {
      const share = ms > 0 ? (Math.log10(ms) - low) / (high - low) : 0;
      return box.bottom - Math.min(1, Math.max(0, share)) * height;
    },
    timeAt: (x) => time.fromMs + (Math.min(Math.max(x - box.left, 0), width) / width) * spanMs,
    ticksMs: Array.from({ length: high - low + 1 }, (_, at) => 10 ** (low + at)),
  };
}

/** The point nearest to a place, within reach; -1 when none is. */
export function nearestPoint(
  points: readonly { readonly x: number; readonly y: number }[],
  at: { readonly x: number; readonly y: number },
  reachPx: number,
): number {
  let best = -1;
  let nearest = reachPx;
  points.forEach((point, index) => {
    const distance = Math.hypot(point.x - at.x, point.y - at.y);
    if (distance > nearest) return;
    nearest = distance;
    best = index;
  });
  return best;
}
