/** A forecast of slots: what comes `ahead` slots after those seen. */
export interface SlotForecast {
  /** `next` is what the slot after it will come to; it only tells that this one is over. */
  see(value: number, next: number): void;
  ahead(slots: number): number;
}

/** What came last will come again: all that a reactive scaler knows. */
export function lastValue(): SlotForecast {
  let last = Number.NaN;
  return {
    see: (value) => {
      last = value;
    },
    ahead: () => last,
  };
}

/** The handbook's: the mean of two weeks at the same time of the same day, and what the mean has grown by since. */
export function sameTimeMean(season: number, seasons = 2): SlotForecast {
  const seen: number[] = [];
  const sum = (from: number, to: number) => seen.slice(Math.max(0, from), to).reduce((a, b) => a + b, 0);
  return {
    see: (value) => {
      seen.push(value);
    },
    ahead(slots) {
      const now = seen.length;
      let total = 0;
      for (let back = 1; back <= seasons; back++)
        total += seen[now - 1 + slots - back * season] ?? Number.NaN;
      const trend = sum(now - season, now) / (sum(now - seasons * season, now) / seasons);
      return (total / seasons) * trend;
    },
  };
}

/** Holt and Winters, with factors for the seasons (Winters 1960); the usual starting values from the first two seasons. */
export function holtWinters(
  season: number,
  { level: alpha, trend: beta, seasonal: gamma }: { level: number; trend: number; seasonal: number },
): SlotForecast {
  const first: number[] = [];
  let factors: number[] = [];
  let [level, trend, at] = [0, 0, 0];
  const begin = () => {
    const mean = (from: number) => first.slice(from, from + season).reduce((a, b) => a + b, 0) / season;
    const [one, other] = [mean(0), mean(season)];
    level = other;
    trend = (other - one) / season;
    factors = Array.from(
      { length: season },
      (_, slot) => ((first[slot] ?? 0) / one + (first[slot + season] ?? 0) / other) / 2,
    );
  };
  return {
    see(value) {
      if (first.length < 2 * season) {
        first.push(value);
        if (first.length === 2 * season) begin();
        return;
      }
      const factor = factors[at % season] ?? 1;
      const before = level;
      level = alpha * (value / factor) + (1 - alpha) * (level + trend);
      trend = beta * (level - before) + (1 - beta) * trend;
      factors[at % season] = gamma * (value / level) + (1 - gamma) * factor;
      at++;
    },
    ahead: (slots) => (level + slots * trend) * (factors[(at + slots - 1) % season] ?? 1),
  };
}
