import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { codeOf } from "../../../blocks/errors/index.ts";
import { SqlError } from "../errors.ts";

/** What Trestle keeps beside the data, in `sql.json`, readable by its owner alone. */
export interface SqlState {
  /** The version of this shape. */
  readonly version: 1;
  /** The password of the superuser `postgres`. */
  readonly superuserPassword: string;
  /** The password of each role that was ever asked for. */
  readonly rolePasswords: Readonly<Record<string, string>>;
}

const FILE = "sql.json";

/**
 * The state of a part's folder with a password for `role` in it, made on first use. It is on disk before it is returned:
 * data whose passwords were lost would be locked. Throws `STATE_TOO_NEW` and `STATE_DAMAGED`.
 */
export function stateFor(folder: string, role: string): SqlState {
  const before = read(join(folder, FILE));
  if (before?.rolePasswords[role] !== undefined) return before;
  const after: SqlState = {
    version: 1,
    superuserPassword: before?.superuserPassword ?? newPassword(),
    rolePasswords: { ...before?.rolePasswords, [role]: newPassword() },
  };
  write(join(folder, FILE), after);
  return after;
}

/** 192 bits, in characters that need no escaping in a URL. */
function newPassword(): string {
  return randomBytes(24).toString("base64url");
}

function read(path: string): SqlState | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
  const state = parse(text);
  if (state === undefined || typeof state.version !== "number") throw damaged(path);
  if (state.version > 1) {
    throw new SqlError(
      "STATE_TOO_NEW",
      `${path} was written by a newer version of Trestle (its format is ${state.version}, this one knows 1): use that version, or move the folder ${dirname(path)} away to start with an empty database`,
    );
  }
  const { superuserPassword, rolePasswords } = state;
  if (typeof superuserPassword !== "string" || typeof rolePasswords !== "object" || rolePasswords === null)
    throw damaged(path);
  const roles = Object.entries(rolePasswords).map(([role, password]) => [role, String(password)]);
  return { version: 1, superuserPassword, rolePasswords: Object.fromEntries(roles) };
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function damaged(path: string): SqlError {
  return new SqlError(
    "STATE_DAMAGED",
    `${path} holds the database's passwords and cannot be understood: restore it, or move the folder ${dirname(path)} away to start with an empty database`,
  );
}

/** Whole or not at all, even when the machine loses its power. */
function write(path: string, state: SqlState): void {
  const draft = `${path}.draft`;
  const file = openSync(draft, "w", 0o600);
  try {
    writeSync(file, `${JSON.stringify(state, undefined, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
  syncFolder(dirname(path));
}

/** Makes the names in a folder durable: a rename is on disk only after this. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
