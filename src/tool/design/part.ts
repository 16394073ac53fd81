import { type CallSite, callerOf } from "./call-site.ts";
import type { PartKind } from "./model.ts";

/**
 * Marks a part. From the global symbol registry, so that two copies of the package understand each other's parts; the
 * value is the version of the shape.
 */
export const PART: unique symbol = Symbol.for("trestle.part");

/** A part as a design names it: plain, frozen, not yet checked. Made by `service`, `task`, `edge`, `cache`, `database`. */
export interface Part<Kind extends PartKind = PartKind> {
  readonly [PART]: 1;
  readonly kind: Kind;
  readonly name: string;
  /** As it was written. */
  readonly options: unknown;
  /** Where it was written. */
  readonly site: CallSite | undefined;
}

export type CachePart = Part<"cache">;
export type DatabasePart = Part<"database">;
export type EdgePart = Part<"edge">;
export type ServicePart = Part<"service">;
export type TaskPart = Part<"task">;

/**
 * What a program uses, by the name under which it gets the URL: `{ links, hot }` becomes `LINKS_URL` and `HOT_URL`. A
 * task hands on no URL; it has to succeed first.
 */
export type Uses = Readonly<Record<string, Part>>;

/** Makes a part. `made` is the function that the design called: its caller's place is kept for messages. */
export function createPart<Kind extends PartKind>(
  kind: Kind,
  name: string,
  options: unknown,
  made: (...values: never[]) => unknown,
): Part<Kind> {
  return Object.freeze({
    [PART]: 1,
    kind,
    name,
    options: frozenCopy(options),
    site: callerOf(made),
  } as const);
}

/** Whether a value is a part, made by this or another copy of the package. */
export function isPart(value: unknown): value is Part {
  return typeof value === "object" && value !== null && PART in value && value[PART] === 1;
}

/** Options nest no deeper; what is below is kept as it is. */
const DEPTH_MAX = 8;

/** A copy of plain objects and arrays that nobody can change any more; parts, functions and all else stay themselves. */
export function frozenCopy(value: unknown, depth = 0): unknown {
  if (depth > DEPTH_MAX || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map((one) => frozenCopy(one, depth + 1)));
  const prototype = Object.getPrototypeOf(value);
  if (isPart(value) || (prototype !== Object.prototype && prototype !== null)) return value;
  return Object.freeze(
    Object.fromEntries(Object.entries(value).map(([key, one]) => [key, frozenCopy(one, depth + 1)])),
  );
}
