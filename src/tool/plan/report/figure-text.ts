import type { Figure, FigureUnit } from "../figure.ts";
import type { RequirementAnswer } from "../plan-answer.ts";

/**
 * How the figures of a plan are written, the same in a terminal, a page and a pull request: three or four digits and a unit. What is not
 * known is a dash, and what has no bound, such as the wait for a part that is full, is ∞. Pure.
 */

/** Stands for what is not known. */
export const UNKNOWN = "–";

/** A value of that unit. */
export function valueText(value: number | undefined, unit: FigureUnit): string {
  if (value === undefined || Number.isNaN(value)) return UNKNOWN;
  return TEXTS[unit](value);
}

/** A figure's value with its unit. */
export function figureText({ value, unit }: Pick<Figure, "value" | "unit">): string {
  return valueText(value, unit);
}

/** What a requirement asks, or what a plan predicts of it. */
export function requirementText(
  value: number | undefined,
  { unit }: Pick<RequirementAnswer, "unit">,
): string {
  return valueText(value, unit);
}

/** `at least 99.99%`, `at most 200 ms`. */
export function boundText({
  bound,
  required,
  unit,
}: Pick<RequirementAnswer, "bound" | "required" | "unit">): string {
  return `${bound === "at-most" ? "at most" : "at least"} ${valueText(required, unit)}`;
}

/** `6,944/s`, `0.25/s`, `1.2M/s`. */
export function rateText(perSecond: number): string {
  return `${countText(perSecond)}/s`;
}

/** `310 ns`, `340 µs`, `4.2 ms`, `1.5 s`, `3 min`, `5 h`, `2 days`, `5 years`. */
export function msText(ms: number): string {
  const size = Math.abs(ms);
  if (size === Number.POSITIVE_INFINITY) return ms > 0 ? "∞" : "-∞";
  // Below a nanosecond there is only arithmetic.
  if (size < 0.0000005) return "0 ms";
  if (size < 0.0009995) return `${digits(ms * 1_000_000)} ns`;
  if (size < 0.9995) return `${digits(ms * 1_000)} µs`;
  if (size < 999.5) return `${digits(ms)} ms`;
  if (size < 119_500) return `${digits(ms / 1_000)} s`;
  if (size < 7_200_000) return `${digits(ms / 60_000)} min`;
  if (size < 172_800_000) return `${digits(ms / 3_600_000)} h`;
  if (size < 63_072_000_000) return `${digits(ms / 86_400_000)} days`;
  return `${digits(ms / 31_536_000_000)} years`;
}

/**
 * `45%`, `5.2%`, `99.985%`: near the whole as many digits as show how much is missing, and never a whole that it is not.
 */
export function shareText(share: number): string {
  if (!Number.isFinite(share)) return share > 0 ? "∞" : "-∞";
  const missing = 1 - share;
  if (missing > 0 && missing < 0.01) {
    const places = Math.min(9, Math.max(0, 1 - Math.floor(Math.log10(missing * 100))));
    // Rounded down, and what a product of floating numbers is short of is given back: 99.99 stays 99.99.
    const scale = 10 ** places;
    return `${Math.floor(share * 100 * scale + 1e-6) / scale}%`;
  }
  return `${digits(share * 100)}%`;
}

/**
 * `512 B`, `1.4 kB`, `5.48 TB`, as disks and networks count; what is a round number in the units of memory is told in those: `64 MiB`.
 */
export function bytesText(bytes: number): string {
  if (!Number.isFinite(bytes)) return bytes > 0 ? "∞" : "-∞";
  for (const [index, unit] of MEMORY_UNITS.entries()) {
    const count = bytes / 1_024 ** (MEMORY_UNITS.length - index + 1);
    // From MiB on: a multiple of 1024 that is small may as well be chance.
    if (count >= 1 && Number.isInteger(count * 4) && count < 1_024) return `${count} ${unit}`;
  }
  return scaled(bytes, ["B", "kB", "MB", "GB", "TB", "PB", "EB"], " ");
}

/** `7`, `0.25`, `2,315`, `200M`. */
export function countText(count: number): string {
  const size = Math.abs(count);
  if (!Number.isFinite(count)) return count > 0 ? "∞" : "-∞";
  return size < 99_999.5 ? grouped(digits(count)) : scaled(count, ["", "k", "M", "B", "T"], "");
}

const MEMORY_UNITS = ["PiB", "TiB", "GiB", "MiB"];

const TEXTS: Readonly<Record<FigureUnit, (value: number) => string>> = {
  "per-second": rateText,
  ms: msText,
  bytes: bytesText,
  "bytes-per-second": (value) => `${bytesText(value)}/s`,
  "bytes-per-day": (value) => `${bytesText(value)}/day`,
  share: shareText,
  count: countText,
  "minutes-per-year": (value) => `${msText(value * 60_000)} a year`,
  "price-per-month": (value) => `${countText(value)} a month`,
  cores: (value) => `${digits(value)} ${value === 1 ? "core" : "cores"}`,
};

function scaled(value: number, units: readonly string[], gap: string): string {
  let power = 0;
  let rest = value;
  while (Math.abs(Number(rest.toPrecision(3))) >= 1_000 && power < units.length - 1) {
    rest /= 1_000;
    power++;
  }
  return `${grouped(digits(rest))}${gap}${units[power]}`;
}

/** Three significant digits, or the whole number where it has more; without noughts that say nothing. */
function digits(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  const size = Math.abs(value);
  // What `toFixed` has no whole number for any more would be told to sixteen digits.
  return size >= 100 && size < 1e21 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

/** Commas between thousands. */
function grouped(text: string): string {
  const [whole = "", fraction] = text.split(".");
  if (whole.includes("e")) return text;
  const commas = whole.replace(/\B(?=(?:\d{3})+$)/g, ",");
  return fraction === undefined ? commas : `${commas}.${fraction}`;
}
