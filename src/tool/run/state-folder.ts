import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LoadedDesign } from "../design/model.ts";
import { RunError } from "./errors.ts";

/** The version of what lies under `.trestle/<system>`. */
export const STATE_VERSION = 1;

/**
 * Makes the folder in which a system keeps its state, `.trestle/<system>` beside the design, and returns its path. Throws
 * `STATE_TOO_NEW` for one that a newer Trestle wrote.
 */
export function openStateFolder({ folder, model }: LoadedDesign): string {
  const trestleFolder = join(folder, ".trestle");
  const stateFolder = join(trestleFolder, model.name);
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  // State is of this machine; it never belongs into a repository.
  writeFileSync(join(trestleFolder, ".gitignore"), "*\n");
  const path = join(stateFolder, "version.json");
  const version = versionAt(path);
  if (version === undefined) writeFileSync(path, `${JSON.stringify({ version: STATE_VERSION })}\n`);
  else if (version > STATE_VERSION) {
    throw new RunError(
      "STATE_TOO_NEW",
      `${stateFolder} was written by a newer Trestle (state version ${version}, this one knows ${STATE_VERSION}): ` +
        "use that version, or move the folder away to start with no data",
      { details: { version, known: STATE_VERSION } },
    );
  }
  return stateFolder;
}

function versionAt(path: string): number | undefined {
  try {
    const { version } = JSON.parse(readFileSync(path, "utf8")) as { version?: unknown };
    return typeof version === "number" ? version : undefined;
  } catch {
    return undefined;
  }
}
