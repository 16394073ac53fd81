import type { Clock, Timer } from "../../../../blocks/time/index.ts";
import type { MetricWriter } from "../metric-reader.ts";
import type { ListeningPart } from "../part-addresses.ts";
import { openFiles, type ProcessUse, processNumbers, processUse, waitedSeconds } from "./proc-reader.ts";
import { type GroupUse, groupsOf } from "./process-groups.ts";

/** How often is looked. Linux counts processor time in hundredths of a second, so that one look is off by 0.5 % of a processor at most. */
export const SAMPLE_EVERY_MS = 2_000;
/** Every so many looks, processes that were none of ours are looked at again, and open files are counted. */
const SELDOM = 5;

/** The part under which the supervisor's own figures stand. */
export const OWN_PART = "trestle";

/** What a replica uses now. */
export interface ReplicaUsage {
  /** Processors in use since the look before: 0.5 is half of one. Undefined of the first look at a process. */
  readonly cpu?: number;
  /** Resident memory of its process and those it started. */
  readonly memoryBytes: number;
}

/** What the map asks for. */
export interface UsageReader {
  /** Undefined while nothing is known of it. */
  usageOf(replica: string): ReplicaUsage | undefined;
}

export interface UsageSamplerOptions {
  readonly clock: Clock;
  readonly writer: MetricWriter;
  /** The parts as they are now. */
  readonly parts: () => Iterable<Pick<ListeningPart, "name" | "keepers">>;
}

/**
 * Measures processor time and memory of every replica's processes, and of the supervisor, every 2 s: `process.cpu.utilization` (in
 * processors), `process.memory.usage`, `process.thread.count`, `process.unix.file_descriptor.count`, and `process.cpu.wait`, the share of
 * time in which the first thread could have run and had no processor: utilisation, and saturation. Elsewhere than on Linux it
 * measures nothing.
 *
 * A look at 200 replicas takes 5 ms, nearly all of it the kernel's: a quarter of a percent of a processor.
 */
export class UsageSampler implements UsageReader {
  readonly #options: UsageSamplerOptions;
  readonly #last = new Map<string, Sample>();
  /** Processes that are none of ours, which can only change by their number's being given out again. */
  #strangers = new Set<number>();
  #looks = 0;
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: UsageSamplerOptions) {
    this.#options = options;
  }

  /** Looks now, and every 2 s until it is closed. The timer keeps no process alive. */
  start(): void {
    if (this.#closed) return;
    this.sample();
    this.#timer = this.#options.clock.setTimer(SAMPLE_EVERY_MS, () => this.start());
    this.#timer.unref();
  }

  /** Looks once. */
  sample(): void {
    const { clock } = this.#options;
    const nowMs = clock.monotonicMs();
    const seldom = this.#looks++ % SELDOM === 0;
    if (seldom) this.#strangers.clear();
    const leaders = new Map<number, { readonly part: string; readonly replica: string }>();
    for (const { name, keepers } of this.#options.parts()) {
      for (const { job, child } of keepers) {
        if (child?.pid !== undefined) leaders.set(child.pid, { part: name, replica: job.id });
      }
    }
    const table = this.#table(leaders);
    const groups = groupsOf(table, new Set(leaders.keys()));
    const seen = new Set<string>();
    for (const [pid, group] of groups) {
      const who = leaders.get(pid);
      if (!who) continue;
      seen.add(who.replica);
      this.#note(who, pid, group, { nowMs, seldom });
    }
    const own = table.get(process.pid);
    // Of its descendants nearly all are parts, which have figures of their own.
    if (own) {
      const alone = { ...own, cpuSeconds: own.ownCpuSeconds, processes: [process.pid] };
      seen.add(OWN_PART);
      this.#note({ part: OWN_PART, replica: OWN_PART }, process.pid, alone, { nowMs, seldom });
    }
    for (const replica of this.#last.keys()) if (!seen.has(replica)) this.#last.delete(replica);
    for (const pid of table.keys()) this.#strangers.add(pid);
    this.#strangers.delete(process.pid);
    for (const { processes } of groups.values()) for (const pid of processes) this.#strangers.delete(pid);
  }

  usageOf(replica: string): ReplicaUsage | undefined {
    return this.#last.get(replica);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  #table(leaders: ReadonlyMap<number, unknown>): ReadonlyMap<number, ProcessUse> {
    const table = new Map<number, ProcessUse>();
    for (const pid of processNumbers()) {
      // A successor is a stranger until it takes its predecessor's place.
      if (this.#strangers.has(pid) && !leaders.has(pid)) continue;
      const use = processUse(pid);
      if (use) table.set(pid, use);
    }
    return table;
  }

  #note(
    who: { readonly part: string; readonly replica: string },
    pid: number,
    group: GroupUse,
    { nowMs, seldom }: { readonly nowMs: number; readonly seldom: boolean },
  ): void {
    const { writer, clock } = this.#options;
    const waited = waitedSeconds(pid);
    const before = this.#last.get(who.replica);
    const same = before?.pid === pid && before.startTicks === group.startTicks ? before : undefined;
    const seconds = same ? (nowMs - same.atMs) / 1_000 : 0;
    // What a process used whose end nobody asks after is lost from the sum.
    const cpu = same && seconds > 0 ? Math.max(0, group.cpuSeconds - same.cpuSeconds) / seconds : undefined;
    this.#last.set(who.replica, {
      pid,
      startTicks: group.startTicks,
      atMs: nowMs,
      cpuSeconds: group.cpuSeconds,
      memoryBytes: group.memoryBytes,
      ...(waited === undefined ? {} : { waited }),
      ...(cpu === undefined ? {} : { cpu }),
    });
    const timeMs = clock.wallMs();
    const write = (name: keyof typeof METRICS, value: number) =>
      writer.gauge({ ...who, name, timeMs, value, ...METRICS[name] });
    if (cpu !== undefined) write("process.cpu.utilization", cpu);
    if (same?.waited !== undefined && waited !== undefined && seconds > 0)
      write("process.cpu.wait", Math.min(1, Math.max(0, waited - same.waited) / seconds));
    write("process.memory.usage", group.memoryBytes);
    write("process.thread.count", group.threads);
    if (!seldom) return;
    let files = 0;
    for (const member of group.processes) files += openFiles(member) ?? 0;
    if (files > 0) write("process.unix.file_descriptor.count", files);
  }
}

/** A look at a replica, kept for the next one. */
interface Sample extends ReplicaUsage {
  readonly pid: number;
  readonly startTicks: number;
  readonly atMs: number;
  readonly cpuSeconds: number;
  readonly waited?: number;
}

const METRICS = {
  "process.cpu.utilization": { unit: "1", description: "Processors in use: 0.5 is half of one" },
  "process.cpu.wait": {
    unit: "1",
    description: "Share of time in which the first thread could have run and had no processor",
  },
  "process.memory.usage": { unit: "By", description: "Resident memory of its processes" },
  "process.thread.count": { unit: "{thread}", description: "Threads of its processes" },
  "process.unix.file_descriptor.count": {
    unit: "{file_descriptor}",
    description: "Files and sockets that its processes have open",
  },
} as const;
