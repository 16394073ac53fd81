import { messageOf } from "../../../blocks/errors/index.ts";
import type { PlanAnswer, RequirementAnswer } from "../plan-answer.ts";
import { type Knee, kneeOf } from "./knee.ts";

/** What a plan comes to at each of several values of one setting. Plain data, as `--json` prints it. Pure. */
export interface Sweep {
  /** What is set, as `--set` takes it: `hot.memory`. */
  readonly path: string;
  readonly points: readonly SweepPoint[];
  readonly requirements: readonly SweptRequirement[];
}

/** One value, and what the plan is there. */
export interface SweepPoint {
  /** As `--set` takes it: `64MiB`. */
  readonly value: string;
  /** By the requirements' order; `predicted` is absent where nothing is. */
  readonly requirements: readonly Pick<RequirementAnswer, "id" | "predicted" | "state">[];
  /** The load of the whole at which the first part is full, and which it is. */
  readonly bottleneck?: PlanAnswer["bottleneck"];
  readonly pricePerMonth?: number;
  /** Why there is no plan for this value; then it has no requirements. */
  readonly refused?: string;
}

/** A requirement along the values. */
export interface SweptRequirement
  extends Pick<RequirementAnswer, "id" | "title" | "unit" | "bound" | "required"> {
  /** Where it begins or ceases to hold: the values on both sides. */
  readonly turns: readonly {
    readonly from: string;
    readonly to: string;
    readonly state: RequirementAnswer["state"];
  }[];
  /** The value at which the curve bends, where it does. */
  readonly knee?: string;
  /** Whether from there on a step does less or more than before. */
  readonly afterKnee?: Knee["after"];
}

/**
 * Plans at each value, in their order. A value that the design refuses is kept with the reason. `planAt` makes the plan; `onPoint` is
 * told how many are done.
 *
 * @throws Whatever `planAt` throws when it does so for every value.
 */
export function sweep(
  path: string,
  values: readonly string[],
  planAt: (value: string) => PlanAnswer,
  onPoint?: (done: number) => void,
): Sweep {
  let last: unknown;
  const answers: PlanAnswer[] = [];
  const points = values.map((value, index): SweepPoint => {
    try {
      const answer = planAt(value);
      answers.push(answer);
      onPoint?.(index + 1);
      return pointOf(value, answer);
    } catch (thrown) {
      last = thrown;
      return { value, requirements: [], refused: messageOf(thrown) };
    }
  });
  const [first] = answers;
  if (first === undefined) throw last;
  return { path, points, requirements: first.requirements.map((one) => swept(one, points)) };
}

function pointOf(value: string, { requirements, bottleneck, pricePerMonth }: PlanAnswer): SweepPoint {
  return {
    value,
    requirements: requirements.map(({ id, predicted, state }) => ({
      id,
      state,
      ...(predicted === undefined ? {} : { predicted }),
    })),
    ...(bottleneck === undefined ? {} : { bottleneck }),
    ...(pricePerMonth === undefined ? {} : { pricePerMonth }),
  };
}

function swept(
  { id, title, unit, bound, required }: RequirementAnswer,
  points: readonly SweepPoint[],
): SweptRequirement {
  const along = points.flatMap(({ value, requirements }) => {
    const here = requirements.find((one) => one.id === id);
    return here === undefined ? [] : [{ value, ...here }];
  });
  const turns = along.flatMap((here, index) => {
    const before = along[index - 1];
    if (before === undefined || before.state === here.state) return [];
    return [{ from: before.value, to: here.value, state: here.state }];
  });
  const knee = kneeOf(along.map(({ predicted }) => predicted));
  const value = knee && along[knee.index]?.value;
  const bend = knee === undefined || value === undefined ? {} : { knee: value, afterKnee: knee.after };
  return { id, title, unit, bound, required, turns, ...bend };
}
