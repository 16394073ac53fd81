/** How many keys are live when decisions are measured. */
export const LIVE_KEYS = 1_000_000;

const DIGITS = 6;
const PREFIX = "user:";
const codes = Array<number>(PREFIX.length + DIGITS).fill(0);

/** A key as services name their clients by: made of its characters at once, flat, as a parser's would be. */
export function keyAt(index: number): string {
  const text = index.toString(36).padStart(DIGITS, "0");
  for (let at = 0; at < PREFIX.length; at++) codes[at] = PREFIX.charCodeAt(at);
  for (let at = 0; at < DIGITS; at++) codes[PREFIX.length + at] = text.charCodeAt(at);
  return String.fromCharCode(...codes);
}
