import { isAbsolute, relative } from "node:path";

/** A path as a person in `folder` would write it: relative, unless that leads out of the folder. */
export function shownPath(folder: string, path: string): string {
  const short = relative(folder, path);
  return short === "" ? "." : short.startsWith("..") || isAbsolute(short) ? path : short;
}
