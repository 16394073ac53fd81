import { setParams } from "../state/address.ts";

/** Turns from a stored run to the present one. */
export function leaveRun(): void {
  setParams({ run: undefined, from: undefined, to: undefined }, "push");
}
