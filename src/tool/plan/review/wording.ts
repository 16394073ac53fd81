import { formatDuration } from "../../design/quantities/duration.ts";
import { formatShare } from "../../design/quantities/share.ts";
import { formatSize } from "../../design/quantities/size.ts";

/** Figures and lists as findings say them. Pure. */

/** `a`, `a and b`, `a, b and c`; more than five are counted. */
export function listed(names: readonly string[]): string {
  const most = 5;
  if (names.length > most)
    return `${names.slice(0, most - 1).join(", ")} and ${names.length - most + 1} more`;
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** With two digits that count, or all that stand before the point: `1.4`, `0.035`, `6,944`. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "no end of";
  if (Math.abs(value) < 10) return String(Number(value.toPrecision(2)));
  return Math.round(value)
    .toFixed(0)
    .replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

/** A duration in the largest unit of which there is at least one: `2 s`, `1.5 h`. */
export function wait(ms: number): string {
  const units = [31_536_000_000, 86_400_000, 3_600_000, 60_000, 1_000, 1];
  const unit = units.find((one) => ms >= one) ?? 1;
  return formatDuration(Number((tidy(ms / unit) * unit).toFixed(6)));
}

/** A share: `85%`, and with as many nines as it has, `99.87%`. */
export function share(value: number): string {
  const isNearAll = value > 0.9 && value < 1;
  return formatShare(Number((isNearAll ? 1 - tidy(1 - value) : tidy(value)).toFixed(12)));
}

/** A size, with two digits that count. */
export function size(bytes: number): string {
  const units = [2 ** 40, 2 ** 30, 2 ** 20, 2 ** 10, 1];
  const unit = units.find((one) => bytes >= one) ?? 1;
  return formatSize(Math.round(tidy(bytes / unit) * unit));
}

/** How long something is down in a year: `53 min`. */
export function downPerYear(availability: number): string {
  return wait((1 - availability) * 31_536_000_000);
}

/** The largest time of two digits that is no longer, for a design to be given: `1.9 s` of 1,967 ms. At least 1 ms. */
export function roundedDownMs(ms: number): number {
  if (ms < 10) return Math.max(1, Math.floor(ms));
  const step = 10 ** (Math.floor(Math.log10(ms)) - 1);
  return Math.floor(ms / step) * step;
}

function tidy(value: number): number {
  return Number(value.toPrecision(value >= 10 && value < 1_000 ? 3 : 2));
}
