import type { SystemModel } from "../../design/model.ts";
import { frozenCopy } from "../../design/part.ts";
import { PlanError } from "../errors.ts";
import { type Assignment, readAssignment, unknown } from "./assignment.ts";
import { setPart } from "./set-part.ts";
import { setRequests, setRequirements } from "./set-requirements.ts";

/** More settings than a person would write. */
const SETS_MAX = 100;

/**
 * The design with some of its options set, as `--set` has them: `front.workers=4`, `hot.memory=1GiB`, `requires.traffic.dailyUsers=50M`,
 * `requests.follow.keys.skew=0.8`, `shortener.plan.work.default.time=2ms`, `front.routes[0].timeouts.response=1s`. Paths begin with a part's
 * name, `requires` or `requests`, and go on with options as the design language has them. Values are read as in a design, by the same readers,
 * and all that is set of one part together. A rate takes the place of users and the other way round; classes of requests whose share is
 * not set divide what is left as before. The model that comes out is frozen, and as good as a checked design. Pure.
 *
 * @throws PlanError `UNKNOWN_SETTING` for a path that leads nowhere, with the nearest name; `BAD_SETTING` for a value that does not fit there,
 * and for more than 100 settings.
 */
export function applySets(model: SystemModel, sets: readonly string[]): SystemModel {
  if (sets.length > SETS_MAX)
    throw new PlanError("BAD_SETTING", `${sets.length} settings are too many: the most is ${SETS_MAX}.`);
  if (sets.length === 0) return model;
  const byHead = Map.groupBy(sets.map(readAssignment), ({ steps }) => String(steps[0]));
  let changed = model;
  for (const [head, assignments] of byHead) changed = setHead(changed, head, assignments);
  return frozenCopy(changed) as SystemModel;
}

function setHead(model: SystemModel, head: string, assignments: readonly Assignment[]): SystemModel {
  if (head === "requires") return { ...model, requires: setRequirements(model.requires, assignments) };
  if (head === "requests" && model.requests !== undefined)
    return { ...model, requests: setRequests(model.requests, assignments) };
  const parts = model.parts.filter((part) => part.kind !== "task");
  const part = parts.find(({ name }) => name === head);
  const [first] = assignments;
  if (part === undefined && first !== undefined) {
    const heads = ["requires", ...(model.requests === undefined ? [] : ["requests"])];
    throw unknown(first, 0, [...parts.map(({ name }) => name), ...heads]);
  }
  if (part === undefined) return model;
  const classes = model.requests?.map(({ name }) => name);
  const set = setPart(part, assignments, classes);
  return { ...model, parts: model.parts.map((one) => (one === part ? set : one)) };
}
