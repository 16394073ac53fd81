import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { onLinux } from "../../process-identity.ts";

/** What a process has used up to now (proc(5), `/proc/PID/stat`). */
export interface ProcessUse {
  readonly parent: number;
  readonly session: number;
  /** With its number, what tells a process from a later one of the same number. */
  readonly startTicks: number;
  /** Its own processor time and that of the children it has been told have ended. In seconds. */
  readonly cpuSeconds: number;
  /** Its own alone. */
  readonly ownCpuSeconds: number;
  readonly memoryBytes: number;
  readonly threads: number;
}

/** Longest of `/proc/PID/stat`: 52 numbers of at most 20 digits, and a name of at most 64 bytes. */
const STAT_BYTES = 2_048;
/** `AT_PAGESZ` and `AT_CLKTCK` of getauxval(3). */
const AT_PAGE_SIZE = 6;
const AT_CLOCK_TICKS = 17;

const buffer = Buffer.allocUnsafe(STAT_BYTES);
const fields = new Float64Array(24);
let units: { readonly pageBytes: number; readonly ticksPerSecond: number } | undefined;

/** The numbers of all processes of this machine. Empty where it is not Linux. */
export function processNumbers(): readonly number[] {
  if (!onLinux) return [];
  const numbers: number[] = [];
  for (const entry of readdirSync("/proc")) {
    const first = entry.charCodeAt(0);
    if (first >= 0x31 && first <= 0x39) numbers.push(Number(entry));
  }
  return numbers;
}

/**
 * What a process has used; undefined when there is none, and elsewhere than on Linux. The file is read into one buffer and
 * parsed where it lies: the supervisor looks at hundreds of processes every other second.
 */
export function processUse(pid: number): ProcessUse | undefined {
  const length = onLinux ? readInto(`/proc/${pid}/stat`) : 0;
  if (length === 0) return undefined;
  // The command's name, in parentheses, may itself hold spaces and parentheses: fields are counted from its end.
  const nameEnd = buffer.lastIndexOf(0x29, length - 1);
  if (nameEnd < 0) return undefined;
  readFields(nameEnd + 2, length);
  units ??= readUnits();
  // Fields of proc(5), counted from 3, which is the state.
  const own = (field(14) + field(15)) / units.ticksPerSecond;
  return {
    parent: field(4),
    session: field(6),
    startTicks: field(22),
    ownCpuSeconds: own,
    cpuSeconds: own + (field(16) + field(17)) / units.ticksPerSecond,
    memoryBytes: field(24) * units.pageBytes,
    threads: field(20),
  };
}

/**
 * For how long a process's first thread, which in Node is the one with the event loop, was ready to run and had no processor, in
 * seconds since it began (`/proc/PID/schedstat`). Undefined where the kernel does not tell.
 */
export function waitedSeconds(pid: number): number | undefined {
  const length = onLinux ? readInto(`/proc/${pid}/schedstat`) : 0;
  const [, nanoseconds] = buffer.toString("latin1", 0, length).split(" ");
  return nanoseconds === undefined ? undefined : Number(nanoseconds) / 1e9;
}

/** How many files a process has open. Undefined when this may not be known. */
export function openFiles(pid: number): number | undefined {
  if (!onLinux) return undefined;
  const folder = `/proc/${pid}/fd`;
  try {
    // Since Linux 6.2 the size of the folder is their number; before, it is 0.
    return statSync(folder).size || readdirSync(folder).length;
  } catch {
    return undefined;
  }
}

function field(number: number): number {
  return fields[number - 3] ?? 0;
}

/** The bytes that were read into `buffer`; 0 when there is no such file. */
function readInto(path: string): number {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return 0;
  }
  try {
    return readSync(file, buffer, 0, STAT_BYTES, 0);
  } catch {
    // It ended between the two.
    return 0;
  } finally {
    closeSync(file);
  }
}

/** Reads numbers that are parted by spaces. The state, a letter, comes out as something nobody asks for. */
function readFields(from: number, length: number): void {
  let value = 0;
  let index = 0;
  for (let at = from; at < length && index < fields.length; at++) {
    const byte = buffer[at] ?? 0;
    if (byte === 0x20) {
      fields[index++] = value;
      value = 0;
    } else value = value * 10 + (byte - 0x30);
  }
  while (index < fields.length) fields[index++] = 0;
}

/** Pages and ticks are the kernel's own: mostly 4 KiB and a hundredth of a second. */
function readUnits(): { readonly pageBytes: number; readonly ticksPerSecond: number } {
  const found = new Map<number, number>();
  try {
    const vector = readFileSync("/proc/self/auxv");
    const read =
      process.arch === "arm" || process.arch === "ia32"
        ? { bytes: 4, at: (offset: number) => vector.readUInt32LE(offset) }
        : { bytes: 8, at: (offset: number) => Number(vector.readBigUInt64LE(offset)) };
    for (let at = 0; at + 2 * read.bytes <= vector.length; at += 2 * read.bytes) {
      const key = read.at(at);
      if (key === AT_PAGE_SIZE || key === AT_CLOCK_TICKS) found.set(key, read.at(at + read.bytes));
    }
  } catch {
    // Some sandboxes hide it.
  }
  return {
    pageBytes: found.get(AT_PAGE_SIZE) ?? 4_096,
    ticksPerSecond: found.get(AT_CLOCK_TICKS) ?? 100,
  };
}
