import { nearest } from "../../../blocks/errors/index.ts";
import { PlanError } from "../errors.ts";
import type { Setting, Settings } from "./setting.ts";

/** One `PATH=VALUE`, taken apart. Pure. */
export interface Assignment {
  /** As it was written. */
  readonly text: string;
  /** `front.workers`. */
  readonly path: string;
  /** Names, and numbers of elements of lists. */
  readonly steps: readonly (string | number)[];
  /** As a design would write it: a number where it is one, `true` and `false`, else text with its unit. */
  readonly value: unknown;
}

/** Longer than any path with its value. */
const TEXT_MAX = 1_000;
const STEPS_MAX = 20;

/**
 * Takes `front.workers=4` apart.
 *
 * @throws PlanError `BAD_SETTING` when it is none.
 */
export function readAssignment(text: string): Assignment {
  const { path, value } = splitAssignment(text);
  const steps = stepsOf(path);
  if (steps === undefined)
    throw new PlanError(
      "BAD_SETTING",
      `"${path}" is no place in a design. Write names with dots between them: front.workers, front.routes[0].retries.`,
      { details: { set: text } },
    );
  return { text, path, steps, value: literal(value) };
}

/** What stands before and behind the first `=`. */
export function splitAssignment(text: string): { readonly path: string; readonly value: string } {
  const at = text.indexOf("=");
  const path = text.slice(0, Math.max(0, at)).trim();
  const value = text.slice(at + 1).trim();
  if (at < 0 || path === "" || value === "" || text.length > TEXT_MAX)
    throw new PlanError(
      "BAD_SETTING",
      `"${text.slice(0, 60)}" sets nothing. Write a place in the design and a value: front.workers=4.`,
      { details: { set: text.slice(0, TEXT_MAX) } },
    );
  return { path, value };
}

function stepsOf(path: string): readonly (string | number)[] | undefined {
  if (!/^[A-Za-z][\w-]*(?:\[\d{1,4}\])*(?:\.[A-Za-z][\w-]*(?:\[\d{1,4}\])*)*$/.test(path)) return undefined;
  const steps = [...path.matchAll(/\[(\d+)\]|[\w-]+/g)].map(([name, index]) =>
    index === undefined ? name : Number(index),
  );
  return steps.length > STEPS_MAX ? undefined : steps;
}

function literal(value: string): unknown {
  if (value === "true" || value === "false") return value === "true";
  return /^\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(value) ? Number(value) : value;
}

/** Names of the user's own that may stand at a place; undefined where any may. */
export type OwnNames = (path: readonly (string | number)[]) => readonly string[] | undefined;

/**
 * Puts the value where the path leads, among options as a design writes them. `from` is how many steps have led to these options.
 *
 * @throws PlanError `UNKNOWN_SETTING` where the path leads nowhere, with the name that is nearest.
 */
export function assign(
  options: Record<string, unknown>,
  settings: Settings,
  assignment: Assignment,
  from: number,
  ownNames: OwnNames,
): void {
  if (assignment.steps.length === from) throw unfinished(assignment, Object.keys(settings));
  const name = nameAt(assignment, from);
  const setting = Object.hasOwn(settings, name) ? settings[name] : undefined;
  if (setting === undefined) throw unknown(assignment, from, Object.keys(settings));
  assignOption(options, name, setting, assignment, from + 1, ownNames);
}

function assignOption(
  options: Record<string, unknown>,
  name: string,
  setting: Setting,
  assignment: Assignment,
  from: number,
  ownNames: OwnNames,
): void {
  const { within, each, alone } = setting;
  if (from < assignment.steps.length) {
    if (within !== undefined) assign(inside(options, name), within, assignment, from, ownNames);
    else if (each !== undefined) assignNamed(inside(options, name), setting, assignment, from, ownNames);
    else throw unknown(assignment, from, []);
  } else if ((within ?? each) === undefined || alone === true) {
    options[name] = assignment.value;
  } else if (within !== undefined && alone !== undefined) {
    inside(options, name)[alone] = assignment.value;
  } else {
    const names = within === undefined ? ownNames(assignment.steps) : undefined;
    throw unfinished(assignment, names ?? Object.keys(within ?? { default: {} }));
  }
}

/** A name of the user's own, then options. */
function assignNamed(
  options: Record<string, unknown>,
  { each = {}, alone }: Setting,
  assignment: Assignment,
  from: number,
  ownNames: OwnNames,
): void {
  const name = nameAt(assignment, from);
  const names = ownNames(assignment.steps.slice(0, from));
  if (names !== undefined && !names.includes(name)) throw unknown(assignment, from, names);
  if (from + 1 < assignment.steps.length) assign(inside(options, name), each, assignment, from + 1, ownNames);
  else if (typeof alone === "string") inside(options, name)[alone] = assignment.value;
  else throw unfinished(assignment, Object.keys(each));
}

/** The options at a name, made where there are none. What stood there as a word or a number gives way, but for a least number of replicas. */
function inside(options: Record<string, unknown>, name: string): Record<string, unknown> {
  const before = Object.hasOwn(options, name) ? options[name] : undefined;
  const made: Record<string, unknown> =
    typeof before === "object" && before !== null
      ? { ...before }
      : name === "replicas" && typeof before === "number"
        ? { min: before }
        : {};
  options[name] = made;
  return made;
}

function nameAt(assignment: Assignment, at: number): string {
  const step = assignment.steps[at];
  if (typeof step === "string") return step;
  throw unknown(assignment, at, []);
}

/** A place that is not there; `names` are those that are. */
export function unknown({ path, steps, text }: Assignment, at: number, names: readonly string[]): PlanError {
  const step = String(steps[at] ?? "");
  const place = at === 0 ? "the design" : pathText(steps.slice(0, at));
  const meant = nearest(step, names);
  const mend =
    meant !== undefined
      ? `Did you mean "${meant}"?`
      : names.length > 0
        ? `It has ${names.join(", ")}.`
        : "It has no options that a plan can set.";
  return new PlanError("UNKNOWN_SETTING", `${path}: ${place} has no "${step}". ${mend}`, {
    details: { set: text, ...(meant === undefined ? {} : { meant }) },
  });
}

/** A place that has options of its own, with these names, of which none is named. */
export function unfinished({ path, text }: Assignment, names: readonly string[]): PlanError {
  const [first = ""] = names;
  const example = first.startsWith("[") ? `${path}${first}` : `${path}.${first}`;
  const known = names.length > 0 ? `${names.join(", ")}. Write ${example}` : "none that is known";
  return new PlanError("UNKNOWN_SETTING", `${path} is set by what it has: ${known}.`, {
    details: { set: text },
  });
}

/** Steps as they are written: `front.routes[0]`. */
export function pathText(steps: readonly (string | number)[]): string {
  return steps
    .map((step, at) => (typeof step === "number" ? `[${step}]` : at === 0 ? step : `.${step}`))
    .join("");
}
