import { readdirSync, type Stats, statSync } from "node:fs";
import { basename, dirname, relative, resolve } from "node:path";
import { nearest } from "../../../blocks/errors/nearest.ts";
import { shown } from "../quantities/measure.ts";
import type { Place } from "./place.ts";

/** Tells a problem unless `path`, relative to `base`, is a file. Paths in messages are relative to the design's `folder`. */
export function needFile(place: Place, folder: string, base: string, path: string, mend: string): void {
  const found = statOf(resolve(base, path));
  if (found?.isFile()) return;
  if (found) place.problem(`${shown(path)} is a folder, not a file`, mend);
  else place.problem(`there is no file ${lookedAt(folder, base, path)}`, withMeant(base, path, mend));
}

/** Tells a problem unless `path`, relative to the design's `folder`, is a folder. */
export function needFolder(place: Place, folder: string, path: string, mend: string): void {
  const found = statOf(resolve(folder, path));
  if (found?.isDirectory()) return;
  if (found) place.problem(`${shown(path)} is a file, not a folder`, mend);
  else place.problem(`there is no folder ${lookedAt(folder, folder, path)}`, withMeant(folder, path, mend));
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** The path as it was written, and where that led when it does not start at the design's folder. */
function lookedAt(folder: string, base: string, path: string): string {
  return base === folder ? shown(path) : `${shown(path)} in ${shown(relative(folder, base))}`;
}

/** The mend, or the name in the same folder that was probably meant. */
function withMeant(base: string, path: string, mend: string): string {
  const target = resolve(base, path);
  let names: string[] = [];
  try {
    names = readdirSync(dirname(target));
  } catch {
    // The folder is not there either: the mend says enough.
  }
  const meant = nearest(basename(target), names);
  return meant === undefined ? mend : `Did you mean ${shown(path.slice(0, -basename(path).length) + meant)}?`;
}
