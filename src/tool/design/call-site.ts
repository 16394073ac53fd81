import { fileURLToPath } from "node:url";

/** A place in a source file: an absolute path, line and column counted from 1. */
export interface CallSite {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Where the function that runs now, `called`, was called from; `undefined` when that is in no file. */
export function callerOf(called: (...values: never[]) => unknown): CallSite | undefined {
  const holder: { stack?: string } = {};
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 1;
  Error.captureStackTrace(holder, called);
  Error.stackTraceLimit = limit;
  return typeof holder.stack === "string" ? sitesOf(holder.stack)[0] : undefined;
}

/** The places that a stack trace names, innermost first; those inside Node itself are left out. */
export function sitesOf(stack: string): CallSite[] {
  return stack.split("\n").flatMap((line) => {
    const [, place, row, column] = /^\s+at (?:.*\()?(.+?):(\d+):(\d+)\)?$/.exec(line) ?? [];
    const file = place === undefined ? undefined : fileOf(place);
    return file === undefined ? [] : [{ file, line: Number(row), column: Number(column) }];
  });
}

/** The path of a file that is named by path or by URL, without what follows a `?`. */
export function fileOf(place: string): string | undefined {
  const bare = place.replace(/^async /, "");
  if (bare.startsWith("node:")) return undefined;
  if (!bare.startsWith("file:")) return /^(\/|[A-Za-z]:\\)/.test(bare) ? bare : undefined;
  try {
    return fileURLToPath(bare.replace(/[?#].*$/, ""));
  } catch {
    return undefined;
  }
}
