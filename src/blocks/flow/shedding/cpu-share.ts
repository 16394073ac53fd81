import { availableParallelism } from "node:os";
import type { PressureReading, Thresholds } from "./pressure-reading.ts";

/** Of which processor time the share is taken. */
export interface CpuShareOptions extends Thresholds {
  /** How many cores the process may fill, above 0; 1 for one that does all its work in JavaScript. Default: those it is allowed. */
  readonly cores?: number;
  /** Microseconds of processor time used by the process so far. Default: `process.cpuUsage`. */
  readonly usage?: () => { readonly user: number; readonly system: number };
}

/**
 * The share of its cores that the process uses, all threads counted, from 0 to 1. By default shedding begins at 0.85 and
 * reaches all but critical calls at 0.97.
 *
 * A full processor is no overload by itself: a batch job fills it and harms nobody. Take it where work runs in worker threads
 * or native code, which the event loop does not feel. It tells nothing of neighbours on the same machine, nor of a quota of
 * processor time that is less than the cores allowed; name `cores` (as 0.5) for that.
 *
 * @throws RangeError when `cores` is out of its range.
 */
export function cpuShare(options: CpuShareOptions = {}): PressureReading {
  const { startsAt = 0.85, allButCriticalAt = 0.97, cores = availableParallelism() } = options;
  const { usage = () => process.cpuUsage() } = options;
  if (!(cores > 0)) throw new RangeError(`cores has to be above 0, not ${cores}`);
  let usedUs = 0;
  const totalUs = () => {
    const { user, system } = usage();
    return user + system;
  };
  return {
    name: "CPU share",
    startsAt,
    allButCriticalAt,
    begin() {
      usedUs = totalUs();
    },
    sample({ elapsedMs }) {
      const beforeUs = usedUs;
      usedUs = totalUs();
      return (usedUs - beforeUs) / (elapsedMs * 1_000 * cores);
    },
  };
}
