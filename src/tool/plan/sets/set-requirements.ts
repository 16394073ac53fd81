import { Place } from "../../design/check/place.ts";
import type { RequirementsModel } from "../../design/model.ts";
import type { RequestClassModel } from "../../design/plan-model.ts";
import { checkRequests } from "../../design/requests.ts";
import { checkRequirements } from "../../design/requirements.ts";
import { type Assignment, assign, unfinished, unknown } from "./assignment.ts";
import { readWhole } from "./reading.ts";
import { writtenOptions } from "./setting.ts";
import { REQUEST, REQUIRES } from "./settings.ts";
import { namedPart } from "./written-models.ts";

/** What is set of the whole: its requirements, and the requests that it gets. Pure. */

/** The requirements with some of them set. */
export function setRequirements(
  requires: RequirementsModel,
  assignments: readonly Assignment[],
): RequirementsModel {
  const options = writtenOptions(requires, REQUIRES);
  for (const assignment of assignments) {
    assign(options, REQUIRES, assignment, 1, () => []);
    giveWay(options.traffic, assignment.path);
  }
  return readWhole(assignments, (findings) =>
    checkRequirements(Place.call(findings, undefined, "requires"), options),
  );
}

const BY_USERS = ["dailyUsers", "requestsPerUserPerDay"];

/** Traffic is stated by its users or as a rate: what is set last stands. */
function giveWay(traffic: unknown, path: string): void {
  if (typeof traffic !== "object" || traffic === null) return;
  const set = path.slice("requires.traffic.".length);
  const gone = set === "rate" ? BY_USERS : BY_USERS.includes(set) ? ["rate"] : [];
  for (const name of gone) Reflect.deleteProperty(traffic, name);
}

/** The classes of requests with some of their options set. Those whose share is not set divide what is left as before. */
export function setRequests(
  requests: readonly RequestClassModel[],
  assignments: readonly Assignment[],
): readonly RequestClassModel[] {
  const byName = new Map(requests.map((one) => [one.name, writtenOptions(one, REQUEST)]));
  const shared = new Set<string>();
  for (const assignment of assignments) {
    const [, name, option] = assignment.steps;
    if (name === undefined) throw unfinished(assignment, [...byName.keys()]);
    const options = typeof name === "string" ? byName.get(name) : undefined;
    if (options === undefined) throw unknown(assignment, 1, [...byName.keys()]);
    assign(options, REQUEST, assignment, 2, () => []);
    if (option === "share") shared.add(String(name));
  }
  const written = requests.map((one) => {
    const { share, ...rest } = byName.get(one.name) ?? {};
    const isSaid = shared.size === 0 || shared.has(one.name);
    const to = namedPart("service", one.to);
    return [one.name, { ...rest, ...(isSaid ? { share } : {}), to, request: `${one.method} ${one.path}` }];
  });
  const read = readWhole(assignments, (findings) => {
    const place = Place.call(findings, undefined, "requests");
    return checkRequests(place, Object.fromEntries(written)).classes;
  });
  return shared.size === 0 ? read : divided(read, requests, shared);
}

/** What those get whose share is not set, in the proportions that they had. */
function divided(
  read: readonly RequestClassModel[],
  before: readonly RequestClassModel[],
  shared: ReadonlySet<string>,
): readonly RequestClassModel[] {
  const isSilent = ({ name }: RequestClassModel) => !shared.has(name);
  const sum = (classes: readonly RequestClassModel[]) =>
    classes.filter(isSilent).reduce((all, { share }) => all + share, 0);
  const [left, had] = [sum(read), sum(before)];
  if (had === 0) return read;
  return read.map((one, at) =>
    isSilent(one) ? { ...one, share: (left * (before[at]?.share ?? 0)) / had } : one,
  );
}
