import { type CallSite, callerOf } from "./call-site.ts";
import { frozenCopy, type Part } from "./part.ts";
import type { RequestClass } from "./requests.ts";
import type { Requirements } from "./requirements.ts";
import type { TelemetryOptions } from "./telemetry.ts";

/** Marks a system, as `PART` marks a part. */
export const SYSTEM: unique symbol = Symbol.for("trestle.system");

/** A design as its file exports it: plain, frozen, not yet checked. */
export interface System {
  readonly [SYSTEM]: 1;
  readonly name: string;
  /** As it was written. */
  readonly options: unknown;
  readonly site: CallSite | undefined;
}

/** The options of a system. */
export interface SystemOptions {
  /** What it must do. Default: nothing in particular. */
  readonly requires?: Requirements | undefined;
  /** The requests that it gets, by class. Default: as `requires.traffic` says, at each edge alike. */
  readonly requests?: Readonly<Record<string, RequestClass | undefined>> | undefined;
  /** What is observed of it while it runs. Default: metrics, logs, and traces of up to 50 requests a second; `false` is nothing. */
  readonly telemetry?: TelemetryOptions | false | undefined;
  /** Its parts, at least one. Whatever these use is part of it too. */
  readonly parts: readonly Part[];
}

/**
 * A system: what a design file exports by default.
 *
 * `name` is in lower case with hyphens, at most 40 characters; its state is kept in `.trestle/<name>` beside the file.
 */
export function system(name: string, options: SystemOptions): System {
  return Object.freeze({ [SYSTEM]: 1, name, options: frozenCopy(options), site: callerOf(system) } as const);
}

/** Whether a value is a system, made by this or another copy of the package. */
export function isSystem(value: unknown): value is System {
  return typeof value === "object" && value !== null && SYSTEM in value && value[SYSTEM] === 1;
}
