import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { SystemModel } from "../design/model.ts";
import {
  type LogEvent,
  listRuns,
  type RunningControl,
  readRun,
  type StoredRun,
  stateFolders,
} from "../run/index.ts";
import { CliError } from "./errors.ts";
import { LogFormat } from "./log-format.ts";
import { checkParts, partNames, runningOrNone } from "./running.ts";
import { at } from "./shown-path.ts";
import type { Terminal } from "./terminal.ts";

export interface LogsOptions {
  /** Parts (`shortener`) or single replicas (`shortener.2`); none: all. */
  readonly names: readonly string[];
  readonly file: string;
  readonly lines: number;
  readonly follow: boolean;
  readonly json: boolean;
}

/** Shows what the parts wrote: of the system that runs, or else of the last run. Throws `NO_RUN_RECORDED`. */
export async function logs(options: LogsOptions, terminal: Terminal): Promise<void> {
  const path = resolve(terminal.folder, options.file);
  const control = await runningOrNone(path);
  if (control) await ofRunning(control, options, terminal);
  else ofLastRun(lastRun(path, at(terminal.folder, path)), options, terminal);
}

async function ofRunning(control: RunningControl, options: LogsOptions, terminal: Terminal): Promise<void> {
  const snapshot = await control.snapshot();
  checkParts(snapshot.system, options.names.map(partOf), partNames(snapshot));
  const replicas = snapshot.parts.flatMap((part) => part.replicas.map(({ id }) => id));
  const show = shower(options, terminal, replicas);
  const over = new AbortController();
  const forget = terminal.onSignal(() => over.abort());
  try {
    const lines = control.logs({
      parts: [...new Set(options.names.map(partOf))],
      lines: options.lines,
      follow: options.follow,
      signal: AbortSignal.any([over.signal, terminal.outClosed]),
    });
    for await (const line of lines) {
      if (terminal.outClosed.aborted) return;
      show(line);
    }
    if (options.follow && !over.signal.aborted) terminal.err.write(`${snapshot.system} has ended.\n`);
  } catch (thrown) {
    if (!over.signal.aborted && !terminal.outClosed.aborted) throw thrown;
  } finally {
    forget();
  }
}

function ofLastRun(run: StoredRun, options: LogsOptions, terminal: Terminal): void {
  const model = JSON.parse(readFileSync(join(run.folder, "design.json"), "utf8")) as SystemModel;
  checkParts(
    model.name,
    options.names.map(partOf),
    model.parts.map(({ name }) => name),
  );
  const when = new Date(run.endedMs ?? run.startedMs).toLocaleString("sv-SE");
  const how = run.endedMs === undefined ? `that began ${when} and was cut off` : `that ended ${when}`;
  terminal.err.write(`${model.name} does not run; this is from the run ${how}.\n`);
  const lines = readRun(run, { parts: [...new Set(options.names.map(partOf))], lines: options.lines });
  const show = shower(options, terminal, [...new Set(lines.map(({ replica }) => replica))]);
  for (const line of lines) show(line);
}

function shower(
  options: LogsOptions,
  terminal: Terminal,
  replicas: readonly string[],
): (line: LogEvent) => void {
  const { names, json } = options;
  const wanted = (line: LogEvent) =>
    names.length === 0 || names.includes(line.part) || names.includes(line.replica);
  const format = new LogFormat(
    terminal.out,
    replicas.filter((id) => names.length === 0 || names.includes(partOf(id))),
  );
  return (line) => {
    if (!wanted(line)) return;
    terminal.out.write(`${json ? JSON.stringify(line) : format.line(line)}\n`);
  };
}

/** `shortener.2` is of `shortener`: no part's name has a dot. */
function partOf(name: string): string {
  return name.replace(/\.\d+$/, "");
}

function lastRun(path: string, where: string): StoredRun {
  const runs = stateFolders(path).flatMap(listRuns);
  const last = runs.sort((one, other) => one.startedMs - other.startedMs).at(-1);
  if (last) return last;
  throw new CliError(
    "NO_RUN_RECORDED",
    `nothing runs ${where}, and no earlier run is recorded: \`trestle up\` starts one`,
  );
}
