import { Socket } from "node:net";
import type { Duplex } from "node:stream";

/**
 * Ends a connection at once, in a way that its other end can tell from an orderly one: by a reset, or, of a connection in TLS, by
 * the alert that is missing.
 */
export function cutConnection(side: Duplex): void {
  // Node fails to reset a connection whose end is on its way (EINVAL), leaves it open, and then cannot exit.
  if (side instanceof Socket && !("encrypted" in side) && !side.writableEnded) side.resetAndDestroy();
  else side.destroy();
}
