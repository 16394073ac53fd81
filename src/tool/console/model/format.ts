/**
 * How figures are written for people: short, with their unit, the same everywhere. Three significant digits at most. Pure. What is not known is
 * a dash, never a nought.
 */

/** Stands for a value that is not known. */
export const UNKNOWN = "–";

/** A way to write a value, by the name that charts and tables ask for. */
export type Format =
  | "number"
  | "per-second"
  | "bytes"
  | "bytes-per-second"
  | "ms"
  | "seconds"
  | "share"
  | "cores"
  | "duration";

/** Writes a value in one of these ways. */
export function formatted(value: number | null | undefined, as: Format): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNKNOWN;
  return WAYS[as](value);
}

const WAYS: Readonly<Record<Format, (value: number) => string>> = {
  number: countText,
  "per-second": rateText,
  bytes: bytesText,
  "bytes-per-second": (value) => `${bytesText(value)}/s`,
  ms: msText,
  seconds: (value) => msText(value * 1_000),
  share: shareText,
  cores: coresText,
  duration: durationText,
};

const THOUSANDS = ["", "k", "M", "G", "T", "P"];

/** `7`, `0.25`, `1.2k`, `34M`. */
export function countText(value: number): string {
  const size = Math.abs(value);
  if (size < 1_000)
    return short(value) === "1000" || short(value) === "-1000" ? `${Math.sign(value)}k` : short(value);
  let power = Math.min(THOUSANDS.length - 1, Math.floor(Math.log10(size) / 3));
  if (Number(Math.abs(value / 1_000 ** power).toPrecision(3)) >= 1_000 && power < THOUSANDS.length - 1)
    power++;
  return `${short(value / 1_000 ** power)}${THOUSANDS[power]}`;
}

/** `1.2k/s`. */
export function rateText(perSecond: number): string {
  return `${countText(perSecond)}/s`;
}

/** `512 B`, `1.4 KiB`, `64 MiB`. */
export function bytesText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let power = 0;
  let rest = bytes;
  // 1,000 rather than 1,024: four digits are never shown.
  while (Math.abs(rest) >= 999.5 && power < units.length - 1) {
    rest /= 1_024;
    power++;
  }
  return `${short(rest)} ${units[power]}`;
}

/** A time of waiting: `340 µs`, `4.2 ms`, `1.5 s`, `2 min 5 s`. */
export function msText(ms: number): string {
  const size = Math.abs(ms);
  if (size === 0) return "0 ms";
  if (size < 0.9995) return `${short(ms * 1_000)} µs`;
  if (size < 999.5) return `${short(ms)} ms`;
  if (size < 59_950) return `${short(ms / 1_000)} s`;
  return durationText(ms);
}

/** `0.42 %`, `99.99 %`, `100 %`. Never rounded up to a whole that it is not. */
export function shareText(share: number): string {
  const percent = share * 100;
  if (percent === 0 || percent === 100) return `${percent} %`;
  if (percent > 99 && percent < 100) {
    const digits = Math.min(6, Math.max(2, Math.ceil(-Math.log10(100 - percent)) + 1));
    return `${trimmed((Math.floor(percent * 10 ** digits) / 10 ** digits).toFixed(digits))} %`;
  }
  if (Math.abs(percent) < 0.01) return `${percent < 0 ? "-" : "<"}0.01 %`;
  return `${short(percent)} %`;
}

/** Processors in use: `0.25 cores`; under a hundredth, `<0.01 cores`. */
export function coresText(cores: number): string {
  if (cores > 0 && cores < 0.005) return "<0.01 cores";
  return `${trimmed(cores.toFixed(cores < 10 ? 2 : 1))} ${cores === 1 ? "core" : "cores"}`;
}

/** A stretch of time in two units: `48 s`, `5 min 3 s`, `2 h 10 min`, `3 d 4 h`. */
export function durationText(ms: number): string {
  if (ms < 0) return `-${durationText(-ms)}`;
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const steps: readonly (readonly [string, number, string, number])[] = [
    ["min", 60, "s", 1],
    ["h", 3_600, "min", 60],
    ["d", 86_400, "h", 3_600],
  ];
  const [big, bigSize, small, smallSize] = steps[seconds < 3_600 ? 0 : seconds < 86_400 ? 1 : 2] ??
    steps[0] ?? ["", 1, "", 1];
  const rest = Math.floor((seconds % bigSize) / smallSize);
  const first = `${Math.floor(seconds / bigSize)} ${big}`;
  return rest === 0 ? first : `${first} ${rest} ${small}`;
}

/** `5 min ago`; `now` of what is under two seconds old. */
export function agoText(timeMs: number, nowMs: number): string {
  const ms = nowMs - timeMs;
  if (ms < 2_000) return "now";
  const text = durationText(ms);
  return `${ms < 3_600_000 ? text.replace(/ \d+ s$/, "") : text} ago`;
}

/** `14:03:07` of the reader's day, with `.250` where it is asked for. */
export function timeText(timeMs: number, withMs = false): string {
  const date = new Date(timeMs);
  const text = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return withMs ? `${text}.${String(date.getMilliseconds()).padStart(3, "0")}` : text;
}

/** `2026-03-01 14:03:07`. */
export function momentText(timeMs: number): string {
  const date = new Date(timeMs);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${timeText(timeMs)}`;
}

/** How values of a unit in UCUM's letters are written: `s`, `ms`, `By`, `By/s`, `1`, `{request}`. */
export function formatOfUnit(unit: string, isRate = false): Format {
  if (unit === "s") return "seconds";
  if (unit === "ms") return "ms";
  if (unit === "By") return isRate ? "bytes-per-second" : "bytes";
  if (unit === "By/s") return "bytes-per-second";
  return isRate ? "per-second" : "number";
}

function short(value: number): string {
  return trimmed(
    Number(value.toPrecision(3)).toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3),
  );
}

function trimmed(text: string): string {
  return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
