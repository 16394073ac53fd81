import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { LogAnswer, LogQuery } from "../../../control-api/index.ts";
import { type SearchOptions, searchLines } from "./log-search.ts";
import { RecordedLines } from "./recorded-lines.ts";

/** Searches the logs of a stored run in its folder, as the store of a running system is searched. Nothing is kept in memory. */
export async function searchStoredLogs(
  folder: string,
  query: LogQuery,
  options: SearchOptions,
): Promise<LogAnswer> {
  const wanted = query.parts ?? [];
  const parts = (await partsOf(folder)).filter((part) => wanted.length === 0 || wanted.includes(part));
  const files = parts.map((part) => new RecordedLines(folder, part, query.before));
  try {
    return await searchLines(files, query, options);
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
}

async function partsOf(folder: string): Promise<string[]> {
  try {
    const names = await readdir(join(folder, "logs"));
    return [...new Set(names.map((name) => name.replace(/\.jsonl(\.1)?$/, "")))].sort();
  } catch {
    return [];
  }
}
