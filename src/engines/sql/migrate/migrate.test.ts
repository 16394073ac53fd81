import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import type { RunningSql } from "../index.ts";
import { ask, ServerFixture } from "../server-fixture.ts";
import { type MigrateOptions, migrate } from "./migrate.ts";

let fixture: ServerFixture;
let server: RunningSql;
let folder = "";

before(async () => {
  fixture = new ServerFixture();
  server = await fixture.start();
});
after(() => fixture[Symbol.asyncDispose]());
beforeEach(async () => {
  await ask(
    server.url,
    "DROP SCHEMA IF EXISTS trestle CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public",
  );
  folder = mkdtempSync(join(fixture.root, "migrations-"));
});

const write = (files: Record<string, string>) => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
};
const run = (options: Partial<MigrateOptions> = {}) => migrate({ url: server.url, folder, ...options });
const tables = async () =>
  (await ask(server.url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")).map(
    (row) => row.tablename,
  );

test("migrations are applied in order, once, each with its record", async () => {
  write({
    "1-a.sql": "CREATE TABLE a (n int);",
    "2-b.sql": "INSERT INTO a VALUES (1);\nINSERT INTO a VALUES (2)\n",
  });
  const told: string[] = [];
  const first = await run({ onApplied: (file, ms) => told.push(`${file} ${ms >= 0}`) });
  assert.deepEqual(first, { applied: ["1-a.sql", "2-b.sql"], already: 0 });
  assert.deepEqual(told, ["1-a.sql true", "2-b.sql true"]);
  write({ "10-c.sql": "CREATE TABLE c AS SELECT sum(n) AS n FROM a" });
  assert.deepEqual(await run(), { applied: ["10-c.sql"], already: 2 });
  assert.deepEqual(await run(), { applied: [], already: 3 });
  assert.deepEqual(await ask(server.url, "SELECT n::int FROM c"), [{ n: 3 }]);
  const record = await ask(server.url, "SELECT file FROM trestle.migrations ORDER BY applied_at");
  assert.deepEqual(
    record.map((row) => row.file),
    ["1-a.sql", "2-b.sql", "10-c.sql"],
  );
});

test("a changed, a vanished and a late file are refused, and nothing is applied", async () => {
  write({ "1-a.sql": "CREATE TABLE a ()", "3-c.sql": "CREATE TABLE c ()" });
  await run();
  write({ "1-a.sql": "CREATE TABLE a (n int)", "4-d.sql": "CREATE TABLE d ()" });
  await assert.rejects(run(), { code: "MIGRATION_CHANGED" });
  write({ "1-a.sql": "CREATE TABLE a ()", "2-b.sql": "CREATE TABLE b ()" });
  await assert.rejects(run(), { code: "MIGRATION_TOO_LATE" });
  rmSync(join(folder, "2-b.sql"));
  rmSync(join(folder, "1-a.sql"));
  await assert.rejects(run(), { code: "MIGRATION_MISSING" });
  assert.deepEqual(await tables(), ["a", "c"]);
});

test("a migration that fails leaves nothing of itself, and names file, line and reason", async () => {
  write({
    "1-a.sql": "CREATE TABLE a (n int PRIMARY KEY)",
    "2-b.sql": "CREATE TABLE b ();\n\nINSERT INTO a VALUES (1);\nSELECT 'é😀',\n  missing FROM a;\n",
    "3-c.sql": "CREATE TABLE c ()",
  });
  await assert.rejects(run(), {
    code: "MIGRATION_FAILED",
    message:
      /2-b\.sql:5: column "missing" does not exist \(42703\)\. Nothing of this migration was applied\.$/,
    details: { file: "2-b.sql", line: 5, sqlState: "42703" },
  });
  assert.deepEqual(await tables(), ["a"]);
  assert.deepEqual(await ask(server.url, "SELECT * FROM a"), []);
  // An error without a position is told at its statement, with PostgreSQL's detail.
  write({ "2-b.sql": "\nINSERT INTO a VALUES (1);\nINSERT INTO a\n VALUES (1);" });
  await assert.rejects(run(), { message: /2-b\.sql:3: duplicate key .*Key \(n\)=\(1\) already exists\./ });
  write({ "2-b.sql": "INSERT INTO a VALUES (1)" });
  assert.deepEqual(await run(), { applied: ["2-b.sql", "3-c.sql"], already: 1 });
});

test("a constraint that is checked at the end of the transaction fails the migration whole", async () => {
  write({
    "1-a.sql":
      "CREATE TABLE a (n int PRIMARY KEY);\nCREATE TABLE b (n int REFERENCES a DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO b VALUES (7)",
  });
  await assert.rejects(run(), { code: "MIGRATION_FAILED", message: /1-a\.sql, at its end: .*foreign key/ });
  assert.deepEqual(await tables(), []);
  assert.deepEqual(await ask(server.url, "SELECT * FROM trestle.migrations"), []);
});

test("functions, dollar quotes and psql-proof punctuation go through as they are", async () => {
  write({
    "1-f.sql": `CREATE FUNCTION plus(a int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN a + 1; END; $$;
CREATE FUNCTION sign_of(a int) RETURNS text
BEGIN ATOMIC SELECT CASE WHEN a < 0 THEN 'minus;' ELSE 'plus;' END; END;
DO $do$ BEGIN PERFORM plus(1); END $do$;
CREATE TABLE r AS SELECT plus(1) AS n, sign_of(-1) AS s;`,
  });
  await run();
  assert.deepEqual(await ask(server.url, "SELECT * FROM r"), [{ n: 2, s: "minus;" }]);
});

test("what a migration sets for itself does not reach the next one or the record", async () => {
  write({
    "1-a.sql":
      "CREATE SCHEMA other; SET search_path = other; SET statement_timeout = '1h'; CREATE TABLE a ()",
    "2-b.sql": "CREATE TABLE b AS SELECT current_setting('statement_timeout') AS t",
  });
  await run();
  assert.deepEqual(await tables(), ["b"]);
  assert.deepEqual(await ask(server.url, "SELECT t FROM b"), [{ t: "0" }]);
});

test("what PostgreSQL allows in no transaction can be migrated too, and says what stays when it fails", async () => {
  write({
    "1-a.sql": "CREATE TABLE a (n int)",
    "2-i.sql":
      "-- trestle: no transaction\nCREATE INDEX CONCURRENTLY i ON a (n);\nVACUUM a;\nSELECT nothing;\n",
  });
  await assert.rejects(run(), {
    code: "MIGRATION_FAILED",
    message: /2-i\.sql:4: .*Not in a transaction: what stands before this statement was done and stays\.$/,
  });
  write({
    "2-i.sql": "-- trestle: no transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS i ON a (n);\nVACUUM a;\n",
  });
  assert.deepEqual(await run(), { applied: ["2-i.sql"], already: 1 });
});

test("of two that migrate at once one waits, and an index built concurrently does not lock them together", async () => {
  write({
    "1-a.sql": "CREATE TABLE a (n int); SELECT pg_sleep(0.2)",
    "2-i.sql": "-- trestle: no transaction\nCREATE INDEX CONCURRENTLY i ON a (n)",
    "3-r.sql": "INSERT INTO a VALUES (1)",
  });
  const runs = await Promise.all([run(), run(), run()]);
  assert.deepEqual(runs.map((one) => one.applied.length).sort(), [0, 0, 3]);
  assert.deepEqual(runs.map((one) => one.already).sort(), [0, 3, 3]);
  assert.equal((await ask(server.url, "SELECT * FROM a")).length, 1);
});

test("a migration that is called off is rolled back, and its session ends", async () => {
  write({ "1-a.sql": "CREATE TABLE a (); SELECT pg_sleep(600)" });
  const stop = new AbortController();
  const running = run({ signal: stop.signal });
  const atWork =
    "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)' AND pid <> pg_backend_pid()";
  while ((await ask(server.url, atWork)).length === 0);
  stop.abort(new Error("not now"));
  await assert.rejects(running, /not now/);
  // The server notices a lost client when it next looks; it is told to, so that the test need not wait.
  await ask(server.url, atWork.replace("SELECT 1", "SELECT pg_terminate_backend(pid)"));
  assert.deepEqual(await tables(), []);
});

test("COPY from a client that has nothing to send fails at its line rather than hanging", async () => {
  write({ "1-a.sql": "CREATE TABLE a (n int);\nCOPY a FROM STDIN;\n" });
  await assert.rejects(run(), { code: "MIGRATION_FAILED", message: /1-a\.sql:2: COPY from stdin failed/ });
});

test("a database elsewhere is migrated through the pg library, to the same effect and with the same errors", async () => {
  const url = `${server.url}?application_name=outside`;
  write({ "1-a.sql": "CREATE TABLE a (n int); INSERT INTO a VALUES (1); SELECT * FROM a" });
  assert.deepEqual(await run({ url }), { applied: ["1-a.sql"], already: 0 });
  assert.deepEqual(await run(), { applied: [], already: 1 });
  write({ "2-b.sql": "SELECT 1;\nSELECT missing" });
  await assert.rejects(run({ url }), { code: "MIGRATION_FAILED", message: /2-b\.sql:2: .*\(42703\)/ });
  const stop = AbortSignal.abort(new Error("not now"));
  await assert.rejects(run({ url, signal: stop }), /not now/);
});

test("a server that is not there, a wrong password and a URL of something else are told apart", async () => {
  write({ "1-a.sql": "SELECT 1" });
  const wrong = new URL(server.url);
  wrong.password = "wrong";
  for (const search of ["", "?application_name=outside"]) {
    wrong.search = search;
    await assert.rejects(run({ url: wrong.href }), { code: "QUERY_FAILED" });
    await assert.rejects(run({ url: `postgres://a:b@127.0.0.1:1/c${search}` }), {
      code: "CONNECTION_FAILED",
    });
  }
  await assert.rejects(run({ url: "redis://127.0.0.1" }), {
    code: "CONNECTION_FAILED",
    message: /postgres:\/\//,
  });
  await assert.rejects(run({ url: "no url" }), { code: "CONNECTION_FAILED" });
});
