import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import pg from "pg";
import { systemClock } from "../../../../blocks/time/index.ts";
import { ask, ServerFixture } from "../../../../engines/sql/server-fixture.ts";
import type { ViewTarget } from "../engine-view.ts";
import { explainVerb } from "./explain-verb.ts";
import { queryVerb } from "./query-verb.ts";

const fixture = new ServerFixture();
let owner: ViewTarget;
let superuser: ViewTarget;
/** A service's connection, which nothing may end. */
let service: pg.Client;

before(async () => {
  const { url } = await fixture.start();
  owner = { name: "orders", url, external: false, clock: systemClock };
  const state = JSON.parse(readFileSync(join(fixture.folder, "sql.json"), "utf8"));
  const { host, pathname } = new URL(url);
  superuser = {
    ...owner,
    url: `postgres://postgres:${state.superuserPassword}@${host}${pathname}`,
    external: true,
  };
  await ask(
    url,
    `CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1); CREATE SEQUENCE counter;
     CREATE FUNCTION write() RETURNS int LANGUAGE sql AS 'INSERT INTO t VALUES (99) RETURNING id';
     CREATE PROCEDURE sneak() LANGUAGE plpgsql AS 'BEGIN COMMIT; INSERT INTO t VALUES (98); COMMIT; END';
     CREATE FUNCTION definer() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'INSERT INTO t VALUES (97) RETURNING id'`,
  );
  service = new pg.Client({ connectionString: url });
  service.on("error", () => {});
  await service.connect();
});
after(async () => {
  await service?.end();
  await fixture[Symbol.asyncDispose]();
});

/** What would change something, or reach what is not a table. */
const ATTACKS: readonly string[] = [
  // Several statements, and ways out of the transaction.
  "SELECT 1; DROP TABLE t",
  "SELECT 1; COMMIT; DROP TABLE t; --",
  "COMMIT",
  "ROLLBACK",
  "ROLLBACK TO SAVEPOINT trestle",
  "BEGIN READ WRITE",
  "SET TRANSACTION READ WRITE",
  "SET ROLE postgres",
  "RESET ROLE",
  "RESET SESSION AUTHORIZATION",
  "DO $$ BEGIN DELETE FROM t; END $$",
  "CALL sneak()",
  // Writing, in every disguise that a query can have.
  "DELETE FROM t",
  "INSERT INTO t VALUES (2)",
  "WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone",
  "SELECT * INTO copy FROM t",
  "SELECT * FROM t FOR UPDATE",
  "SELECT write()",
  "SELECT definer()",
  "SELECT nextval('counter')",
  "SELECT setval('counter', 100)",
  "CREATE TABLE x (id int)",
  "TRUNCATE t",
  "LOCK TABLE t IN ACCESS EXCLUSIVE MODE",
  "VACUUM",
  "EXPLAIN ANALYZE DELETE FROM t",
  "/* SELECT */ DROP TABLE t",
  "-- SELECT\nDROP TABLE t",
  "((DROP TABLE t",
  "PREPARE x AS DELETE FROM t",
  // Files and programs of the server.
  "COPY t TO PROGRAM 'touch /tmp/trestle-was-here'",
  "COPY t FROM '/etc/passwd'",
  "SELECT pg_read_file('/etc/passwd')",
  "SELECT pg_ls_dir('/')",
  "SELECT pg_read_binary_file('postgresql.conf')",
  "SELECT lo_import('/etc/passwd')",
  "SELECT lo_export(1, '/tmp/trestle-was-here')",
  "SELECT rolpassword FROM pg_authid",
  "SELECT passwd FROM pg_shadow",
  "LOAD 'plpgsql'",
  // Other sessions, and locks that outlive the statement.
  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
  "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
  'SELECT PG_CATALOG . "pg_terminate_backend"(pid) FROM pg_stat_activity',
  'SELECT U&"pg\\005fterminate_backend"(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()',
  "SELECT pg_advisory_lock(1)",
  "SELECT pg_reload_conf()",
  "SELECT pg_switch_wal()",
  // Ways to run text as a statement, or to step back into another role.
  "SELECT set_config('role', 'none', true), write()",
  "SELECT set_config('transaction_read_only', 'off', true), write()",
  "SELECT query_to_xml('SELECT write()', true, true, '')",
  "SELECT query_to_xml_and_xmlschema('SELECT 1', true, true, '')",
  "SELECT * FROM ts_stat('SELECT pg_read_file(''/etc/passwd'')::tsvector')",
  "SELECT dblink_exec('dbname=orders', 'DROP TABLE t')",
  "UPDATE pg_settings SET setting = 'none' WHERE name = 'role'",
  "NOTIFY x",
  "LISTEN x",
];

for (const who of ["the part's own role", "a superuser"] as const) {
  describe(`the read-only query as ${who}`, () => {
    test("changes nothing, ends nobody and reads no file, whatever is asked", async () => {
      const target = who === "a superuser" ? superuser : owner;
      for (const sql of ATTACKS) {
        const answer = await queryVerb(target, { sql });
        assert.ok("problem" in answer, `${sql} was refused, and not answered with ${JSON.stringify(answer)}`);
        const explained = await explainVerb(target, { sql, analyze: true });
        assert.ok("problem" in explained, `${sql} was explained as ${JSON.stringify(explained)}`);
      }
      const { rows } = await service.query("SELECT count(*)::int AS n, max(id) AS most FROM t");
      assert.deepEqual(rows, [{ n: 1, most: 1 }], "the table is as it was, and the service's connection too");
      assert.deepEqual((await service.query("SELECT is_called FROM counter")).rows, [{ is_called: false }]);
      assert.throws(() => readFileSync("/tmp/trestle-was-here"), { code: "ENOENT" });
    });

    test("is refused by the server's own rights too, where a name is not looked for", async () => {
      const target = who === "a superuser" ? superuser : owner;
      // A function of the database's own that does the same under a name that nobody can know.
      await service.query(
        `CREATE OR REPLACE FUNCTION harmless(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN EXECUTE $1; RETURN 'done'; END $$`,
      );
      for (const inner of [
        "INSERT INTO t VALUES (3)",
        "COPY t TO PROGRAM ''true''",
        "SELECT pg_read_file(''/etc/hostname'')",
        "SET TRANSACTION READ WRITE",
        "COMMIT",
        "DROP TABLE t",
      ]) {
        const answer = await queryVerb(target, { sql: `SELECT harmless('${inner}')` });
        assert.ok(
          "problem" in answer,
          `${inner} was refused, and not answered with ${JSON.stringify(answer)}`,
        );
      }
      assert.deepEqual((await service.query("SELECT count(*)::int AS n FROM t")).rows, [{ n: 1 }]);
    });

    test("reads every table, under the names that its users know it by", async () => {
      const target = who === "a superuser" ? superuser : owner;
      const answer = await queryVerb(target, { sql: "SELECT id, current_user::text FROM t" });
      assert.ok("rows" in answer);
      assert.deepEqual(answer.rows, [["1", who === "a superuser" ? "pg_read_all_data" : "shop"]]);
    });
  });
}

test("it is the server that takes one statement alone, and none that writes within a query", async () => {
  for (const [sql, state] of [
    ["SELECT 1; DROP TABLE t", "42601"],
    ["WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone", "0A000"],
    ["SELECT * INTO copy FROM t", "42601"],
    ["SELECT write()", "25006"],
    ["SELECT definer()", "25006"],
    ["SELECT nextval('counter')", "25006"],
    ["SELECT pg_read_file('/etc/passwd')", "42501"],
  ]) {
    const answer = await queryVerb(owner, { sql });
    assert.ok("problem" in answer);
    assert.equal(answer.problem.state, state, `${sql}: ${answer.problem.message}`);
  }
});

test("a query that waits for a lock gives up, and keeps nobody waiting behind it", async () => {
  await service.query("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
  const answer = await queryVerb(owner, { sql: "SELECT * FROM t" });
  assert.ok("problem" in answer && answer.problem.state === "55P03");
  await service.query("ROLLBACK");
});

test("nothing of a look stays behind: no session, no transaction", async () => {
  const { rows } = await service.query(
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'trestle console'",
  );
  assert.deepEqual(rows, [{ n: 0 }]);
});
