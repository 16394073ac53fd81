import type { RunInfo } from "../../../control-api/index.ts";
import { momentText } from "../../model/format.ts";

/** How a run is called: as its owner labelled it, else by when it began. */
export function nameOfRun(run: Pick<RunInfo, "label" | "startedMs">): string {
  return run.label ?? `the run of ${momentText(run.startedMs)}`;
}
