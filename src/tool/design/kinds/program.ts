import { resolve } from "node:path";
import { needFile, needFolder } from "../check/files.ts";
import type { Place } from "../check/place.ts";
import { readUses, type UsesOption } from "../check/uses.ts";
import { isPlainObject, readList, readText } from "../check/values.ts";
import type { ProgramModel, UsesModel } from "../model.ts";
import { urlVariable } from "../names.ts";
import { shown } from "../quantities/measure.ts";
import type { CheckContext, Need } from "./kind.ts";

/** What a service and a task have in common: a program, where it runs, and what it finds there. */
export interface ProgramOptions {
  /** The working folder, relative to the design file. Default: the design file's own. */
  readonly folder?: string | undefined;
  /**
   * The parts it uses, by the name under which it gets their URL: `{ links, hot }` becomes `LINKS_URL` and `HOT_URL`. A
   * function that returns them may name parts that are defined further down. Default none.
   */
  readonly uses?: UsesOption | undefined;
  /** More variables of its environment. `PORT` and the URLs of what it uses are set already. Default none. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** A TypeScript or JavaScript file, run by Trestle's own Node. */
export interface RunOption {
  /** Relative to the working folder: `"./service.ts"`. */
  readonly run: string;
  readonly command?: undefined;
}

/** Any program. */
export interface CommandOption {
  /** The program and its arguments: `["python3", "app.py"]`. No shell reads them. */
  readonly command: readonly [program: string, ...arguments_: string[]];
  readonly run?: undefined;
}

export const PROGRAM_OPTIONS = ["run", "command", "folder", "uses", "environment"] as const;

interface CheckedProgram {
  readonly program: ProgramModel;
  readonly folder: string;
  readonly uses: UsesModel;
  readonly environment: Readonly<Record<string, string>>;
  readonly needs: readonly Need[];
}

/** Checks those options. A part that stands outside Trestle needs no program, and its files need not be here. */
export function checkProgram(
  options: Readonly<Record<string, unknown>>,
  context: CheckContext,
  owner: string,
): CheckedProgram {
  const { place } = context;
  const { uses, needs } = readUses(place.at("uses"), options.uses);
  // A task that comes first may make the files.
  const looks = context.url === undefined && !needs.some((need) => need.part.kind === "task");
  const folder =
    options.folder === undefined
      ? "."
      : readText(place.at("folder"), options.folder, "a folder's path", "./api");
  if (looks && folder !== "" && folder !== ".") {
    needFolder(
      place.at("folder"),
      context.folder,
      folder,
      "Make it, or mend the path: it starts at the design file.",
    );
  }
  const program = readProgram(options, context, owner, looks ? folder : undefined);
  return {
    program,
    folder,
    uses,
    environment: readEnvironment(place.at("environment"), options.environment, uses),
    needs,
  };
}

function readProgram(
  options: Readonly<Record<string, unknown>>,
  { place, folder: designFolder, url }: CheckContext,
  owner: string,
  folder: string | undefined,
): ProgramModel {
  const { run, command } = options;
  if (run !== undefined && command !== undefined) {
    place
      .at("command")
      .problem(
        `${owner} has both "run" and "command"`,
        'Keep one: "run" for a TypeScript or JavaScript file, "command" for any other program.',
      );
    return { command: [] };
  }
  if (command !== undefined) return { command: readCommand(place.at("command"), command) };
  if (run !== undefined) return { run: readRun(place.at("run"), run, designFolder, folder) };
  if (url === undefined) {
    place.problem(
      `${owner} needs a program`,
      'Write run: "./service.ts" for a TypeScript or JavaScript file, or command: ["python3", "app.py"].',
    );
  }
  return { command: [] };
}

function readRun(place: Place, value: unknown, designFolder: string, folder: string | undefined): string {
  const run = readText(place, value, "a file's path", "./service.ts");
  if (run === "") return run;
  if (!/\.[cm]?[jt]s$/.test(run)) {
    place.problem(
      `${shown(run)} is not a TypeScript or JavaScript file`,
      `For any other program, write command: ["PROGRAM", "${run.replace(/^\.\//, "")}"].`,
    );
  } else if (folder !== undefined) {
    needFile(place, designFolder, resolve(designFolder, folder), run, "Write the file, or mend the path.");
  }
  return run;
}

function readCommand(place: Place, value: unknown): readonly string[] {
  const example = '["python3", "app.py"]';
  if (typeof value === "string") {
    const words = value.trim().split(/\s+/).slice(0, 20);
    place.problem(
      `${shown(value)} is one text`,
      `No shell reads it: write ${JSON.stringify(words).replaceAll(",", ", ")}.`,
    );
    return [];
  }
  const list = readList(place, value, "a list of a program and its arguments", example);
  if (Array.isArray(value) && value.length === 0)
    place.problem("the command is empty", `Write ${example}, for instance.`);
  return list.map((one, index) => {
    // An argument, unlike the program, may be empty and may hold line ends.
    if (typeof one === "string" && !one.includes("\0") && (index > 0 || one !== "")) return one;
    place.at(index).problem(`${shown(one)} is not a word of a command`, "Write text in quotes.");
    return "";
  });
}

/** Linux takes no longer text in a program's environment. */
const VARIABLE_BYTES_MAX = 128 * 1024;

function readEnvironment(place: Place, value: unknown, uses: UsesModel): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  if (!isPlainObject(value)) {
    place.problem(`${shown(value)} is not a set of variables`, 'Write { LOG_LEVEL: "debug" }, for instance.');
    return {};
  }
  const given = new Map(Object.keys(uses).map((name) => [urlVariable(name), name]));
  const environment: Record<string, string> = {};
  for (const [name, text] of Object.entries(value)) {
    const at = place.at(name);
    const user = given.get(name);
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      at.problem(
        `${shown(name)} is not a variable's name`,
        "Use letters, digits and underscores: LOG_LEVEL.",
      );
    } else if (name === "PORT") {
      at.problem("PORT is set by Trestle, another one for each replica", "Take it out of the environment.");
    } else if (user !== undefined) {
      at.problem(
        `${name} is set already, since "uses" names "${user}"`,
        "Take it out, or use that part by another name.",
      );
    } else if (text !== undefined && typeof text !== "string") {
      at.problem(`${shown(text)} is not text`, "Variables are text: put it in quotes.");
    } else if (text !== undefined && (text.includes("\0") || Buffer.byteLength(text) > VARIABLE_BYTES_MAX)) {
      at.problem(`${shown(text)} cannot be a variable`, "It may have up to 128 KiB, and no NUL character.");
    } else if (text !== undefined) {
      environment[name] = text;
    }
  }
  return environment;
}
