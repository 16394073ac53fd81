import { resolve } from "node:path";
import type { TaskModel } from "../design/model.ts";
import { programLaunch } from "./launches.ts";
import type { PartHost } from "./part.ts";
import type { SingleJob } from "./single-part.ts";

/** Runs a command once; what uses it waits until it has succeeded. */
export function taskJob(model: TaskModel, host: PartHost, environment: () => NodeJS.ProcessEnv): SingleJob {
  return {
    id: model.name,
    part: model.name,
    life: "once",
    startTimeoutMs: model.timeoutMs,
    stopTimeoutMs: 10_000,
    async launch() {
      return programLaunch(
        model.program,
        resolve(host.designFolder, model.folder),
        host.stateFolder,
        environment(),
      );
    },
    async untilReady() {},
  };
}
