import { getCompileCacheDir } from "node:module";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ProgramModel } from "../design/model.ts";
import type { Launch } from "./child.ts";

/**
 * Where stripped types and compiled code are kept between starts: the supervisor's own place, so that what one process has
 * compiled serves all, or else the system's. With it a process starts in half the time and rests 20 MB smaller.
 */
function compileCacheOf(stateFolder: string): string {
  const own = getCompileCacheDir();
  // Node names the folder of its own version, inside the one it was given.
  return own === undefined ? join(stateFolder, "compile-cache") : dirname(own);
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
    // Load leaves a young generation of this size behind for good; by default it is several times as large.
    args: ["--max-semi-space-size=4", fileURLToPath(main)],
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
