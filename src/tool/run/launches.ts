import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ProgramModel } from "../design/model.ts";
import type { Launch } from "./child.ts";

/** Where V8's code and stripped types are kept between starts: a start costs half as much with it. */
export function compileCacheOf(stateFolder: string): string {
  return join(stateFolder, "compile-cache");
}

/** How to start one of Trestle's own engines. It inherits nothing but what a process needs to run. */
export function engineLaunch(
  engine: "cache" | "edge",
  stateFolder: string,
  environment: NodeJS.ProcessEnv,
): Launch {
  // The published package has JavaScript where the checkout has TypeScript.
  const main = new URL(`../../engines/${engine}/main${extname(import.meta.url)}`, import.meta.url);
  return {
    command: process.execPath,
    args: [fileURLToPath(main)],
    folder: stateFolder,
    environment: {
      PATH: environment.PATH,
      HOME: environment.HOME,
      NODE_COMPILE_CACHE: compileCacheOf(stateFolder),
    },
    channel: true,
    stopSignal: "SIGTERM",
  };
}

/** How to start a program of the user's. */
export function programLaunch(
  program: ProgramModel,
  folder: string,
  stateFolder: string,
  environment: NodeJS.ProcessEnv,
): Launch {
  if ("run" in program) {
    return {
      command: process.execPath,
      args: [program.run],
      folder,
      environment: { NODE_COMPILE_CACHE: compileCacheOf(stateFolder), ...environment },
      stopSignal: "SIGTERM",
    };
  }
  const [command = "", ...args] = program.command;
  return { command, args, folder, environment, stopSignal: "SIGTERM" };
}
