/** How many keys are live when decisions are measured. */
export const LIVE_KEYS = 1_000_000;

/** A key as services name their clients by. Through a buffer it becomes one flat string, as a parser's would be. */
export function keyAt(index: number): string {
  return Buffer.from(`user:${index.toString(36).padStart(6, "0")}`).toString("latin1");
}
