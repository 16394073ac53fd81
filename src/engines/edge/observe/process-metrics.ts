import { readdirSync, statSync } from "node:fs";
import type { Clock, Timer } from "../../../blocks/time/index.ts";
import { HISTOGRAM_LENGTH, histogramAt, observe } from "./histogram.ts";
import type { MetricSource, SampleCollector } from "./metrics-snapshot.ts";

const LAG_PERIOD_MS = 500;
/** Linux and others that have it; elsewhere the number of files is not told. */
const DESCRIPTORS = "/proc/self/fd";

/** What this process uses: processor time, memory, file descriptors, and how late its event loop runs. */
export class ProcessMetrics implements MetricSource {
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #lag = new Float64Array(HISTOGRAM_LENGTH);
  #timer: Timer | undefined;
  #dueMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startMs = clock.wallMs() - process.uptime() * 1_000;
    this.#await();
  }

  collect(into: SampleCollector): void {
    const { user, system } = process.cpuUsage();
    into.add("trestle_edge_workers", [], [1]);
    into.add("process_cpu_seconds", [], [user + system]);
    const memory = residentBytes();
    if (memory !== undefined) into.add("process_resident_memory_bytes", [], [memory]);
    into.add("process_start_time_seconds", [], [Math.round(this.#startMs * 1_000)]);
    const lag = histogramAt(this.#lag, 0);
    if (lag) into.add("trestle_edge_event_loop_lag_seconds", [], lag);
    const descriptors = openDescriptors();
    if (descriptors !== undefined) into.add("process_open_fds", [], [descriptors]);
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #await(): void {
    this.#dueMs = this.#clock.monotonicMs() + LAG_PERIOD_MS;
    this.#timer = this.#clock.setTimer(LAG_PERIOD_MS, this.#sample);
    this.#timer.unref();
  }

  readonly #sample = (): void => {
    observe(this.#lag, 0, this.#clock.monotonicMs() - this.#dueMs);
    this.#await();
  };
}

/** Not told where no file can be opened, as it is when descriptors run out: the other numbers are wanted then all the more. */
function residentBytes(): number | undefined {
  try {
    return process.memoryUsage.rss();
  } catch {
    return undefined;
  }
}

/** Newer kernels say the number as the folder's size; older ones say 0, and have it counted. */
function openDescriptors(): number | undefined {
  try {
    return statSync(DESCRIPTORS).size || readdirSync(DESCRIPTORS).length;
  } catch {
    return undefined;
  }
}
