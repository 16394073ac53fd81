import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { readMigrations } from "./files.ts";
import { pendingOf } from "./record.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "migrations-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (files: Record<string, string | Buffer>) => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
};

test("migrations come in the order of their numbers, whatever their width, and other files are left alone", async () => {
  write({ "10_c.sql": "", "2-b.sql": "", "001.sql": "", "20260101120000-d.sql": "", "README.md": "" });
  mkdirSync(join(folder, "3-folder.sql"));
  const names = (await readMigrations(folder)).map((one) => one.file);
  assert.deepEqual(names, ["001.sql", "2-b.sql", "10_c.sql", "20260101120000-d.sql"]);
});

test("a name without a number, and a number twice, are refused with the mend", async () => {
  write({ "links.sql": "" });
  await assert.rejects(readMigrations(folder), { code: "MIGRATION_NAME", message: /0001-links\.sql/ });
  rmSync(join(folder, "links.sql"));
  write({ "1-a.sql": "", "01-b.sql": "" });
  await assert.rejects(readMigrations(folder), { code: "MIGRATION_NAME", message: /same number/ });
});

test("the ends of lines do not change a checksum, and anything else does", async () => {
  write({
    "1.sql": "SELECT 1;\nSELECT 2;\n",
    "2.sql": "SELECT 1;\r\nSELECT 2;\r\n",
    "3.sql": "SELECT 1;\nSELECT  2;\n",
  });
  const [unix, dos, other] = await readMigrations(folder);
  assert.equal(unix?.checksum, dos?.checksum);
  assert.notEqual(unix?.checksum, other?.checksum);
});

test("only a first line that says so takes a migration out of its transaction", async () => {
  write({
    "1.sql": "-- trestle: no transaction\nSELECT 1",
    "2.sql": "SELECT 1;\n-- trestle: no transaction",
  });
  assert.deepEqual(
    (await readMigrations(folder)).map((one) => one.outsideTransaction),
    [true, false],
  );
});

test("transaction control is refused at its line before anything is run", async () => {
  for (const sql of [
    "BEGIN",
    "COMMIT",
    "end",
    "ROLLBACK",
    "start transaction",
    "ABORT",
    "PREPARE TRANSACTION 'x'",
  ]) {
    write({ "1.sql": `SELECT 1;\n${sql};` });
    await assert.rejects(readMigrations(folder), { code: "MIGRATION_INVALID", message: /1\.sql:2: / }, sql);
  }
  write({ "1.sql": "SAVEPOINT a; ROLLBACK TO a; ROLLBACK TO SAVEPOINT a; RELEASE a; PREPARE q AS SELECT 1" });
  assert.equal((await readMigrations(folder)).length, 1);
});

test("what is no text is refused: bytes that are not UTF-8, a NUL, a missing folder", async () => {
  write({ "1.sql": Buffer.from([0x53, 0xff, 0xfe]) });
  await assert.rejects(readMigrations(folder), { code: "MIGRATION_INVALID", message: /not UTF-8/ });
  write({ "1.sql": "SELECT 1\0" });
  await assert.rejects(readMigrations(folder), { code: "MIGRATION_INVALID", message: /NUL/ });
  await assert.rejects(readMigrations(join(folder, "none")), { code: "MIGRATIONS_UNREADABLE" });
});

test("only what is new is pending, and files that contradict the record are refused by name", async () => {
  write({ "1.sql": "SELECT 1", "3.sql": "SELECT 3", "4.sql": "SELECT 4" });
  const migrations = await readMigrations(folder);
  const recorded = (...files: string[]) =>
    new Map(migrations.filter((one) => files.includes(one.file)).map((one) => [one.file, one]));
  const pending = (applied: Parameters<typeof pendingOf>[1]) =>
    pendingOf(migrations, applied, folder).map((one) => one.file);

  assert.deepEqual(pending(new Map()), ["1.sql", "3.sql", "4.sql"]);
  assert.deepEqual(pending(recorded("1.sql", "3.sql")), ["4.sql"]);
  const changed = new Map([["1.sql", { file: "1.sql", checksum: "other" }]]);
  assert.throws(() => pending(changed), { code: "MIGRATION_CHANGED", message: /1\.sql was changed/ });
  const gone = new Map([["2.sql", { file: "2.sql", checksum: "x" }]]);
  assert.throws(() => pending(gone), { code: "MIGRATION_MISSING", message: /2\.sql was applied/ });
  assert.throws(() => pending(recorded("1.sql", "4.sql")), {
    code: "MIGRATION_TOO_LATE",
    message: /3\.sql stands before 4\.sql/,
  });
});
