import type { Clock } from "../../time/index.ts";

/**
 * What a `Retry-After` asks for, in milliseconds from now: seconds, or a date in any of HTTP's three forms (RFC 9110, 10.2.3 and
 * 5.6.7), of which one that has passed asks for 0. Undefined for anything else.
 */
export function retryAfterMs(value: string | null, clock: Clock): number | undefined {
  if (value === null) return undefined;
  const text = value.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const date = DATES.find(({ form }) => form.test(text));
  if (!date) return undefined;
  const atMs = Date.parse(date.zone === "" ? text : `${text} ${date.zone}`);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - clock.wallMs());
}

/** The language's parser takes much more than HTTP allows (`-5` is a day in May 2001), and asctime's form for local time. */
const DATES = [
  { form: /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/, zone: "" },
  { form: /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/, zone: "" },
  { form: /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/, zone: "GMT" },
] as const;
