import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../../blocks/errors/index.ts";
import { SqlError } from "../errors.ts";
import { type Statement, splitStatements } from "./statements.ts";

/** One migration, read and checked. */
export interface Migration {
  /** Its name in the folder, such as `0002-clicks.sql`. */
  readonly file: string;
  readonly path: string;
  /** Its place in the order: the digits before the name. */
  readonly order: bigint;
  /** SHA-256 of its text, the same whatever the ends of lines. */
  readonly checksum: string;
  readonly statements: readonly Statement[];
  /** Whether its first line says `-- trestle: no transaction`. */
  readonly outsideTransaction: boolean;
}

// A migration is read whole and sent statement by statement: data in bulk belong in a task.
const FILE_BYTES_MAX = 16 * 1024 * 1024;
const FILES_MAX = 10_000;
const NAME = /^(\d{1,30})(?:[^0-9].*)?\.sql$/;
const NO_TRANSACTION = /^--\s*trestle:\s*no transaction\s*$/;

/**
 * The migrations of a folder in their order, by the number that each name begins with. Files that do not end in `.sql`
 * are left alone. Throws `MIGRATIONS_UNREADABLE`, `MIGRATION_NAME`, `MIGRATION_INVALID`.
 */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await listFolder(folder)).filter((name) => name.endsWith(".sql"));
  if (names.length > FILES_MAX) {
    throw new SqlError("MIGRATIONS_UNREADABLE", `${folder} holds more than ${FILES_MAX} migrations`);
  }
  const migrations = await Promise.all(names.map((name) => readMigration(folder, name)));
  migrations.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0));
  migrations.forEach((one, at) => {
    const before = migrations[at - 1];
    if (before?.order !== one.order) return;
    throw new SqlError(
      "MIGRATION_NAME",
      `${before.file} and ${one.file} in ${folder} have the same number, so their order is unknown: give one of them another`,
    );
  });
  return migrations;
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
  } catch (thrown) {
    throw new SqlError(
      "MIGRATIONS_UNREADABLE",
      `the migrations in ${folder} cannot be read: ${messageOf(thrown)}`,
      {
        cause: thrown,
      },
    );
  }
}

async function readMigration(folder: string, file: string): Promise<Migration> {
  const path = join(folder, file);
  const digits = NAME.exec(file)?.[1];
  if (digits === undefined) {
    throw new SqlError(
      "MIGRATION_NAME",
      `${path} does not say its place in the order: begin its name with a number, as in 0001-${file}`,
    );
  }
  const text = await readText(path);
  const statements = splitStatements(text);
  for (const statement of statements) refuseTransactionControl(path, statement);
  const firstLine = text.slice(0, text.indexOf("\n") >= 0 ? text.indexOf("\n") : undefined);
  return {
    file,
    path,
    order: BigInt(digits),
    checksum: createHash("sha256").update(text).digest("hex"),
    statements,
    outsideTransaction: NO_TRANSACTION.test(firstLine),
  };
}

async function readText(path: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (thrown) {
    throw new SqlError("MIGRATIONS_UNREADABLE", `${path} cannot be read: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
  if (bytes.length > FILE_BYTES_MAX) {
    throw new SqlError(
      "MIGRATION_INVALID",
      `${path} has ${bytes.length} bytes, and a migration at most ${FILE_BYTES_MAX}: load data in bulk with a task`,
    );
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (thrown) {
    throw new SqlError("MIGRATION_INVALID", `${path} is not UTF-8 text`, { cause: thrown });
  }
  if (text.includes("\0")) throw new SqlError("MIGRATION_INVALID", `${path} holds a NUL character`);
  // A checkout on another system may turn the ends of lines, which changes nothing in what is done.
  return text.replaceAll("\r\n", "\n");
}

/** The runner opens and ends transactions: a file that did so itself could leave its half behind. */
function refuseTransactionControl(path: string, { words, line }: Statement): void {
  const [first = "", second = "", third = ""] = words;
  const ends =
    /^(begin|start|commit|end|abort)$/.test(first) || (first === "prepare" && second === "transaction");
  const rollsAllBack = first === "rollback" && second !== "to" && third !== "to";
  if (!ends && !rollsAllBack) return;
  throw new SqlError(
    "MIGRATION_INVALID",
    `${path}:${line}: ${first.toUpperCase()} has no place in a migration, which is one transaction as it is: remove it, or begin the file with the line \`-- trestle: no transaction\` and leave each statement by itself`,
    { details: { path, line } },
  );
}
