/**
 * Whether to colour what is written: `NO_COLOR` (no-color.org: set to anything but nothing) says no, `FORCE_COLOR` (set,
 * and neither `0` nor `false`) says yes, `TERM=dumb` says no, and otherwise a terminal says yes. Where both are set,
 * `FORCE_COLOR` wins, as it does in Node.
 */
export function wantsColour(environment: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: kind } = environment;
  if (force !== undefined) return force !== "0" && force !== "false";
  if (no) return false;
  return isTerminal && kind !== "dumb";
}
