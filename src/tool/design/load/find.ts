import { readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { nearest } from "../../../blocks/errors/nearest.ts";
import { DesignError } from "../errors.ts";
import type { Problem } from "../problem.ts";

/** What a design may be called in its folder, the first one first. */
const NAMES = ["system.ts", "system.mts", "system.js", "system.mjs"] as const;
const EXTENSIONS = [".ts", ".mts", ".js", ".mjs"];

/**
 * The design file that a path names: itself, or the `system.ts` in that folder. Returns its real path, so that one design
 * is one file whatever led to it. Throws `DesignError` with `DESIGN_NOT_FOUND`.
 */
export function findDesign(fileOrFolder: string): string {
  const path = resolve(fileOrFolder);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw notFound(path, `there is no file or folder ${basename(path)}`, mendFor(path));
  if (found.isFile()) {
    if (EXTENSIONS.includes(extname(path))) return realpathSync(path);
    throw notFound(path, "a design is a TypeScript or JavaScript module", "Name a file such as system.ts.");
  }
  const name = namesIn(path).length > 0 ? NAMES.find((one) => namesIn(path).includes(one)) : undefined;
  if (name !== undefined) return realpathSync(join(path, name));
  throw notFound(path, "the folder holds no design", "Name the design file, or make one here: system.ts.");
}

function notFound(file: string, message: string, mend: string): DesignError {
  const problem: Problem = { file, path: "", message, mend };
  return new DesignError("DESIGN_NOT_FOUND", [problem], { folder: process.cwd() });
}

function mendFor(path: string): string {
  const meant = nearest(basename(path), namesIn(dirname(path)));
  return meant === undefined
    ? "Mend the path, or name the folder that holds a system.ts."
    : `Did you mean ${meant}?`;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
