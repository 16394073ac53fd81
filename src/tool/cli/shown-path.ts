import { isAbsolute, relative } from "node:path";

/** A path as a person in `folder` would write it: relative, unless that leads out of the folder. */
export function shownPath(folder: string, path: string): string {
  const short = relative(folder, path);
  return short === "" ? "." : short.startsWith("..") || isAbsolute(short) ? path : short;
}

/** Where something is, as part of a sentence: `here`, `at systems/shortener`. */
export function at(folder: string, path: string): string {
  const shown = shownPath(folder, path);
  return shown === "." ? "here" : `at ${shown}`;
}
