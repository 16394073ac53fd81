/** Spans of time as an address and a field write them: `90s`, `15m`, `6h`, `7d`, `1h30m`. Pure. */

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `15m`; undefined of what is no span, and of none at all. */
export function durationMsOf(text: string): number | undefined {
  const compact = text.trim().toLowerCase().replaceAll(" ", "");
  if (!/^(\d{1,6}[smhd])+$/.test(compact)) return undefined;
  let sumMs = 0;
  for (const [, count, unit] of compact.matchAll(/(\d+)([smhd])/g)) {
    sumMs += Number(count) * (UNITS_MS[unit ?? ""] ?? 0);
  }
  return sumMs > 0 ? sumMs : undefined;
}

/** `last 15 minutes`, as a button says it. */
export function spanInWords(text: string): string {
  const ms = durationMsOf(text) ?? 0;
  const [unit, unitMs] =
    ms % 86_400_000 === 0 && ms > 86_400_000
      ? ["day", 86_400_000]
      : ms % 3_600_000 === 0
        ? ["hour", 3_600_000]
        : ms % 60_000 === 0
          ? ["minute", 60_000]
          : ["second", 1_000];
  const count = Math.round(ms / unitMs);
  return count === 1 ? `last ${unit}` : `last ${count} ${unit}s`;
}
