import { nearest } from "../../../../blocks/errors/index.ts";
import { PlanError } from "../../errors.ts";
import type { Simulation } from "../engine/index.ts";
import type { Replica } from "./replica.ts";
import type { SimulatedPart } from "./simulated-part.ts";
import type { Trouble } from "./system-simulation.ts";

/**
 * Plans what goes wrong. Which replicas a trouble is about is decided when it comes, since by then there may be others. Pure.
 *
 * @throws PlanError when a trouble is about what the design has not, or its figures are out of their ranges.
 */
export function beginTroubles(
  troubles: readonly Trouble[],
  parts: readonly SimulatedPart[],
  simulation: Simulation,
): void {
  for (const trouble of troubles) {
    const part = checked(trouble, parts);
    simulation.at(trouble.atMs, { happen: () => befall(trouble, part, simulation) });
  }
}

function befall(trouble: Trouble, part: SimulatedPart, simulation: Simulation): void {
  const { replica } = trouble;
  const struck = replica === undefined ? part.replicas : part.replicas.slice(replica - 1, replica);
  switch (trouble.kind) {
    case "flush":
      part.contents?.flush();
      return;
    case "crash":
      part.contents?.flush();
      for (const one of struck) crash(one, trouble.durationMs + (part.part.startupMs ?? 0), simulation);
      return;
    case "partition": {
      const untilMs = simulation.nowMs + trouble.durationMs;
      for (const one of struck) one.partitionedUntilMs = Math.max(one.partitionedUntilMs, untilMs);
      return;
    }
    case "slow":
      for (const one of struck) slow(one, trouble.factor, trouble.durationMs, simulation);
      return;
  }
}

/** One that is down already comes back when the first of its crashes is over. */
function crash(replica: Replica, downMs: number, simulation: Simulation): void {
  if (!replica.isUp) return;
  replica.crash();
  simulation.after(downMs, { happen: () => replica.restore() });
}

function slow(replica: Replica, factor: number, durationMs: number, simulation: Simulation): void {
  replica.slowness *= factor;
  simulation.after(durationMs, {
    happen: () => {
      replica.slowness /= factor;
    },
  });
}

function checked(trouble: Trouble, parts: readonly SimulatedPart[]): SimulatedPart {
  const found = parts.find(({ part }) => part.name === trouble.part);
  if (!found) {
    const meant = nearest(
      trouble.part,
      parts.map(({ part }) => part.name),
    );
    throw new PlanError(
      "UNKNOWN_SETTING",
      `the design has no part ${trouble.part}${meant === undefined ? "" : `: ${meant} is meant?`}`,
    );
  }
  const refuse = (wrong: string): never => {
    throw new PlanError("BAD_SETTING", `trouble at ${trouble.part}: ${wrong}`);
  };
  const { replica, atMs } = trouble;
  const { most } = found;
  if (replica !== undefined && !(Number.isInteger(replica) && replica >= 1 && replica <= most))
    refuse(`it has replicas 1 to ${most}, and none of number ${replica}`);
  if (!(atMs >= 0 && Number.isFinite(atMs))) refuse(`its time has to be 0 or more, not ${atMs} ms`);
  if (trouble.kind === "flush") {
    if (!found.contents) refuse("only a cache can be flushed");
    return found;
  }
  const { durationMs } = trouble;
  if (!(durationMs > 0 && Number.isFinite(durationMs)))
    refuse(`it has to last for longer than 0, not ${durationMs} ms`);
  if (trouble.kind === "slow" && !(trouble.factor > 0 && Number.isFinite(trouble.factor)))
    refuse(`its factor has to be above 0, not ${trouble.factor}`);
  return found;
}
