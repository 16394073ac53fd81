import type { SystemModel } from "../design/model.ts";
import { estimate } from "./estimate/index.ts";
import type { PlanAnswer } from "./plan-answer.ts";
import type { Profile } from "./profile/index.ts";
import { resolveSystem } from "./resolve/index.ts";
import type { Machine, ResolvedSystem } from "./resolved-model.ts";
import { review } from "./review/index.ts";
import { simulateSystem } from "./simulate/system/index.ts";

/** What a plan is made with besides the design. */
export interface PlanOptions {
  /** Where the design was read, for the answer to say so. */
  readonly file: string;
  /** Measured times and hit ratios. Default: those that the design states, and documented defaults. */
  readonly profile?: Profile | undefined;
  /** Requests per second of the whole at the peak. Default: those that the design states. */
  readonly loadPerSecond?: number | undefined;
  /** The one machine on which everything runs. Default: each place has a processor when it needs one. */
  readonly here?: Machine | undefined;
  /** Whether the questions of a review are asked. Default `false`. */
  readonly review?: boolean;
  /** How it is simulated; the options may be read from the resolved design. Default: not at all. */
  readonly simulate?: (resolved: ResolvedSystem) => Parameters<typeof simulateSystem>[1];
}

/**
 * The plan of a checked design: estimates and verdicts, and if asked for what a review finds and what a simulation comes to. Pure; the same design and
 * options give the same answer.
 *
 * @throws PlanError when a simulation is asked for what the design has not.
 */
export function plan(model: SystemModel, options: PlanOptions): PlanAnswer {
  const { file, review: isReviewed = false, simulate, ...how } = options;
  const answer = estimate(model, { file, ...how });
  if (!isReviewed && simulate === undefined) return answer;
  const resolved = resolveSystem(model, how);
  return {
    ...answer,
    ...(isReviewed ? { findings: review(model, resolved, answer) } : {}),
    ...(simulate === undefined ? {} : { simulation: simulated(resolved, answer, simulate(resolved)) }),
  };
}

type SimulationOptions = Parameters<typeof simulateSystem>[1];

/** Under a steady load what follows it has done so by now. */
function simulated(resolved: ResolvedSystem, { parts }: PlanAnswer, options: SimulationOptions) {
  const { arrivals } = options;
  const isSteady = arrivals === undefined || (arrivals.kind === "rate" && arrivals.rate.kind === "constant");
  if (!isSteady) return simulateSystem(resolved, options);
  const replicas = new Map(parts.map((one) => [one.name, one.replicas]));
  const settled = resolved.parts.map((part) =>
    part.scaling === undefined ? part : { ...part, replicas: replicas.get(part.name) ?? part.replicas },
  );
  return simulateSystem({ ...resolved, parts: settled }, options);
}
