import { readMeasure, readOptions } from "../check/values.ts";
import { createPart, type TaskPart } from "../part.ts";
import { DURATION, type Duration, formatDuration } from "../quantities/duration.ts";
import type { Kind } from "./kind.ts";
import {
  type CommandOption,
  checkProgram,
  PROGRAM_OPTIONS,
  type ProgramOptions,
  type RunOption,
} from "./program.ts";

/** The options of a task. */
export type TaskOptions = TaskBase & (RunOption | CommandOption);

interface TaskBase extends ProgramOptions {
  /** How long it may run. 100 ms to 1 day; default 10 min. */
  readonly timeout?: Duration | undefined;
}

/**
 * A program that runs once, such as a build or a seed, and has to succeed before what uses it starts.
 *
 * `name` is in lower case with hyphens (`seed`, `build-page`), at most 40 characters, and unique in the system.
 */
export function task(name: string, options: TaskOptions): TaskPart {
  return createPart("task", name, options, task);
}

const TIMEOUT = { least: 100, most: 86_400_000, format: formatDuration };

export const TASK: Kind<"task"> = {
  kind: "task",
  noun: "a task",
  protocols: [],
  check(part, context) {
    const { place } = context;
    const options = readOptions(place, part.options, [...PROGRAM_OPTIONS, "timeout"], "a task");
    const { program, folder, uses, environment, needs } = checkProgram(options, context, "a task");
    const timeoutMs = readMeasure(place.at("timeout"), options.timeout ?? "10 min", DURATION, TIMEOUT);
    return { model: { kind: "task", name: part.name, program, folder, uses, environment, timeoutMs }, needs };
  },
};
