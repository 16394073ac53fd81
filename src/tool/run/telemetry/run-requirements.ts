import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RequirementStatus } from "../../control-api/index.ts";

const FILE = "requirements.json";

/** Keeps in a run's folder how its requirements stand. A full disk costs that, and nothing else. */
export function writeRequirements(folder: string, statuses: readonly RequirementStatus[]): void {
  const path = join(folder, FILE);
  try {
    writeFileSync(`${path}.draft`, JSON.stringify(statuses));
    renameSync(`${path}.draft`, path);
  } catch {
    // The run goes on without.
  }
}

/** How the requirements of a stored run stood at its end, or some seconds before it was killed; none where nothing was kept. */
export function readRequirements(folder: string): readonly RequirementStatus[] {
  try {
    const read: unknown = JSON.parse(readFileSync(join(folder, FILE), "utf8"));
    return Array.isArray(read) ? read.filter(isStatus) : [];
  } catch {
    return [];
  }
}

/** What readers rely on. The file is of this program, perhaps of an earlier version. */
function isStatus(one: unknown): one is RequirementStatus {
  if (typeof one !== "object" || one === null) return false;
  const { id, title, sentence, state, unit, bound, required, windows, windowMs } = one as Record<
    string,
    unknown
  >;
  return (
    [id, title, sentence].every((text) => typeof text === "string") &&
    (state === "met" || state === "not-met" || state === "unknown") &&
    (unit === "ms" || unit === "share" || unit === "per-second") &&
    (bound === "at-most" || bound === "at-least") &&
    typeof required === "number" &&
    typeof windowMs === "number" &&
    Array.isArray(windows)
  );
}
