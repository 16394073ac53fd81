/** Moments as logs have them. Pure. */

/** `14:03:07.250` of the reader's day, or of UTC's; with `03-01` before it where the days differ. */
export function entryTime(timeMs: number, isUtc = false, withDay = false): string {
  const date = new Date(timeMs);
  if (Number.isNaN(date.getTime())) return "–";
  const local = isUtc ? date : new Date(timeMs - date.getTimezoneOffset() * 60_000);
  const text = local.toISOString();
  return withDay ? `${text.slice(5, 10)} ${text.slice(11, 23)}` : text.slice(11, 23);
}

/** The whole moment, with what day it was and where: `2026-03-01T14:03:07.250+01:00`, or `…Z`. */
export function wholeTime(timeMs: number, isUtc = false): string {
  const date = new Date(timeMs);
  if (Number.isNaN(date.getTime())) return "–";
  if (isUtc) return date.toISOString();
  const ahead = -date.getTimezoneOffset();
  const local = new Date(timeMs + ahead * 60_000).toISOString().slice(0, -1);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${local}${ahead < 0 ? "-" : "+"}${two(Math.floor(Math.abs(ahead) / 60))}:${two(Math.abs(ahead) % 60)}`;
}
