import { codeOf } from "../../blocks/errors/index.ts";
import { nearest } from "../../blocks/errors/nearest.ts";
import type { Clock } from "../../blocks/time/index.ts";
import { findRunning, type RunEvent, type RunningControl, type SystemSnapshot } from "../run/index.ts";
import { CliError } from "./errors.ts";

/** The system that runs at a file or folder, or `undefined` when none does. Throws `SEVERAL_RUNNING`. */
export async function runningOrNone(fileOrFolder: string): Promise<RunningControl | undefined> {
  try {
    return await findRunning(fileOrFolder);
  } catch (thrown) {
    if (codeOf(thrown) === "NOT_RUNNING") return undefined;
    throw thrown;
  }
}

/** The last events of some work may come just after its outcome; they are only progress, so not long is waited for them. */
const LAST_EVENTS_MS = 50;

/** Does `work` on a running system while `onEvent` is told what happens to it. */
export async function withEvents<T>(
  { control, clock }: { control: RunningControl; clock: Clock },
  onEvent: (event: RunEvent) => void,
  work: () => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const watching = (async () => {
    try {
      for await (const event of control.events({ signal: over.signal })) onEvent(event);
    } catch {
      // Events only show progress. Whether the work succeeded, it says itself.
    }
  })();
  try {
    const outcome = await work();
    await Promise.race([watching, clock.sleep(LAST_EVENTS_MS)]);
    return outcome;
  } finally {
    over.abort();
    await watching;
  }
}

/** Checks that a system has the parts that were named. Throws `UNKNOWN_PART` with the name that was probably meant. */
export function checkParts(system: string, names: readonly string[], parts: readonly string[]): void {
  for (const name of names) {
    if (parts.includes(name)) continue;
    const near = nearest(name, parts);
    const meant = near === undefined ? "" : ` (did you mean ${near}?)`;
    throw new CliError("UNKNOWN_PART", `${system} has no part ${name}${meant}: it has ${parts.join(", ")}`, {
      details: { part: name, parts },
    });
  }
}

/** The names of a system's parts, in the order of the design. */
export function partNames(snapshot: SystemSnapshot): string[] {
  return snapshot.parts.map((part) => part.name);
}
