import { open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseRunLine } from "./run-line.ts";

/** The folder of a run's metrics, within that of the run. */
export const METRICS_FOLDER = "metrics";

/** One file of a run's metrics. */
export interface RunFile {
  readonly path: string;
  /** It stands for the files of these numbers. */
  readonly first: number;
  readonly last: number;
  readonly everyMs: number;
  readonly bytes: number;
}

const HEAD_BYTES_MAX = 512;

export function runFilePath(folder: string, first: number): string {
  return join(folder, `${String(first).padStart(6, "0")}.jsonl`);
}

/**
 * The files of a run's metrics, oldest first. Those that a merged file stands for already, which a killed supervisor had no time to
 * remove, are left out. None when there is no such folder.
 */
export async function runFiles(folder: string): Promise<RunFile[]> {
  const files: RunFile[] = [];
  for (const name of (await namesIn(folder)).sort()) {
    if (!/^\d{6}\.jsonl$/.test(name)) continue;
    const file = await headOf(join(folder, name));
    if (file && file.first > (files.at(-1)?.last ?? -1)) files.push(file);
  }
  return files;
}

/** Removes a file; one that is gone already is fine. */
export async function removeRunFile(folder: string, number: number): Promise<void> {
  await rm(runFilePath(folder, number), { force: true });
}

/** Each whole line of a file. What follows the last end of a line was cut off and is no line; the rest of a full disk neither. */
export async function eachLine(path: string, visit: (line: string) => void): Promise<void> {
  const text = await readFile(path, "utf8");
  let from = 0;
  let yielded = 0;
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
    visit(text.slice(from, end));
    from = end + 1;
    if (from - yielded < 256 * 1024) continue;
    // A file takes a while to read: others get their turn.
    yielded = from;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

async function headOf(path: string): Promise<RunFile | undefined> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES_MAX), 0, HEAD_BYTES_MAX, 0);
    const line = parseRunLine(buffer.toString("utf8", 0, bytesRead).split("\n", 1)[0] ?? "");
    if (line?.is !== "head") return undefined;
    const { first, last, everyMs } = line;
    return { path, first, last, everyMs, bytes: size };
  } catch {
    return undefined;
  }
}
