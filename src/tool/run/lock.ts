import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../../blocks/errors/index.ts";
import { RunError } from "./errors.ts";
import { identityOf, isAlive, type ProcessIdentity } from "./process-identity.ts";

/** The right to run a system in a state folder: one supervisor at a time. */
export interface Lock {
  release(): void;
}

/**
 * Takes the lock of a state folder. A lock whose holder is dead is taken over; a living holder throws `ALREADY_RUNNING`.
 */
export function takeLock(folder: string, system: string): Lock {
  const path = join(folder, "lock");
  const mine = JSON.stringify(identityOf(process.pid));
  const draft = join(folder, `lock.${process.pid}`);
  writeFileSync(draft, mine, { mode: 0o600 });
  try {
    while (!linked(draft, path)) removeIfStale(path, system);
  } finally {
    rmSync(draft, { force: true });
  }
  return {
    release() {
      if (contentOf(path) === mine) rmSync(path, { force: true });
    },
  };
}

function linked(draft: string, path: string): boolean {
  try {
    // A link appears whole or not at all, so nobody ever reads a half-written lock.
    linkSync(draft, path);
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === "EEXIST") return false;
    throw thrown;
  }
}

function removeIfStale(path: string, system: string): void {
  const seen = contentOf(path);
  if (seen === undefined) return;
  const holder = parse(seen);
  if (holder && isAlive(holder)) {
    throw new RunError(
      "ALREADY_RUNNING",
      `${system} already runs here (process ${holder.pid}): \`trestle ps\` shows it, \`trestle down\` ends it`,
      { details: { pid: holder.pid } },
    );
  }
  // Two newcomers may both see the dead holder: what is moved aside must be what was judged, or it goes back.
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return;
    throw thrown;
  }
  if (contentOf(aside) !== seen) linked(aside, path);
  rmSync(aside, { force: true });
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function parse(text: string): ProcessIdentity | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || !("pid" in value) || !("started" in value))
      return undefined;
    return { pid: Number(value.pid), started: String(value.started) };
  } catch {
    return undefined;
  }
}
