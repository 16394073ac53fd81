import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { ask, ServerFixture } from "./server-fixture.ts";

const one = async (url: string, sql: string) => Object.values((await ask(url, sql))[0] ?? {})[0];

test("a server starts from nothing, and again with what it held", async () => {
  await using fixture = new ServerFixture();
  const told: string[] = [];
  const first = await fixture.start({ onProgress: (what) => told.push(what) });
  assert.deepEqual(told, ["the database's files to be created"]);
  await ask(first.url, "CREATE TABLE t (a int); INSERT INTO t VALUES (42)");
  await first.close();
  assert.equal(await first.ended, "exited with code 0");

  const second = await fixture.start();
  assert.equal(await one(second.url, "SELECT a FROM t"), 42);
  assert.equal(new URL(second.url).password, new URL(first.url).password);
  assert.deepEqual(
    fixture.log.filter((line) => /ERROR|FATAL|WARNING|PANIC/.test(line)),
    [],
    "an ordinary start writes no complaint into the log",
  );
});

test("the service's role owns its database and nothing more, and every login needs the password", async () => {
  await using fixture = new ServerFixture();
  const server = await fixture.start();
  const [role] = await ask(server.url, "SELECT * FROM pg_roles WHERE rolname = current_user");
  const rights = ["rolsuper", "rolcreaterole", "rolcreatedb", "rolreplication", "rolbypassrls"];
  assert.ok(
    rights.every((right) => role?.[right] === false),
    JSON.stringify(role),
  );
  await ask(server.url, "CREATE EXTENSION citext; CREATE SCHEMA mine");
  await assert.rejects(ask(server.url, "SELECT * FROM pg_authid"), { code: "42501" });

  const wrong = new URL(server.url);
  wrong.password = "wrong";
  await assert.rejects(ask(wrong.href, "SELECT 1"), { code: "28P01" });
  wrong.username = "postgres";
  await assert.rejects(ask(wrong.href, "SELECT 1"), { code: "28P01" });
  const viaSocket = `postgres://shop:wrong@/orders?host=${encodeURIComponent(server.socketFolder)}&port=${server.port}`;
  await assert.rejects(ask(viaSocket, "SELECT 1"), { code: "28P01" });
  assert.equal(statSync(join(fixture.folder, "sql.json")).mode & 0o077, 0);
  assert.equal(statSync(server.socketFolder).mode & 0o077, 0);
});

test("what is acknowledged is on disk: the settings that durability rests on are on", async () => {
  await using fixture = new ServerFixture();
  const { url } = await fixture.start();
  for (const name of ["fsync", "full_page_writes", "synchronous_commit", "data_checksums"])
    assert.equal(await one(url, `SHOW ${name}`), "on", name);
  assert.equal(await one(url, "SHOW listen_addresses"), "127.0.0.1");
  assert.equal(await one(url, "SHOW server_encoding"), "UTF8");
  assert.equal(await one(url, "SHOW cluster_name"), "orders");
});

test("the operator's local.conf wins over the settings that Trestle writes", async () => {
  await using fixture = new ServerFixture();
  await (await fixture.start()).close();
  writeFileSync(join(fixture.folder, "data", "local.conf"), "work_mem = '7MB'\n", { mode: 0o644 });
  const { url } = await fixture.start();
  assert.equal(await one(url, "SHOW work_mem"), "7MB");
});

test("a second role and database come with the next start, beside the first", async () => {
  await using fixture = new ServerFixture();
  const first = await fixture.start();
  await ask(first.url, "CREATE TABLE t (a int)");
  await first.close();
  const other = await fixture.start({ role: `o'"t`, database: 'o"d b' });
  assert.equal(await one(other.url, "SELECT current_database()"), 'o"d b');
  // Each database is for its own role.
  const foreign = new URL(other.url);
  foreign.pathname = "/orders";
  await assert.rejects(ask(foreign.href, "SELECT 1"), { code: "42501" });
  const again = new URL(first.url);
  again.port = String(other.port);
  assert.equal(await one(again.href, "SELECT count(*)::int FROM t"), 0);
});

test("names that PostgreSQL keeps for itself or cannot hold are refused before anything is made", async () => {
  await using fixture = new ServerFixture();
  for (const name of ["", "postgres", "pg_mine", "template1", "x".repeat(64), "a\0b"]) {
    await assert.rejects(fixture.start({ role: name }), { code: "BAD_NAME" }, JSON.stringify(name));
    await assert.rejects(fixture.start({ database: name }), { code: "BAD_NAME" }, JSON.stringify(name));
  }
});

test("data in use, of another PostgreSQL or of a newer Trestle are refused with the mend", async () => {
  await using fixture = new ServerFixture();
  const server = await fixture.start();
  await assert.rejects(fixture.start(), {
    code: "ALREADY_RUNNING",
    message: new RegExp(`kill -INT ${server.pid}`),
  });
  assert.equal(await one(server.url, "SELECT 1"), 1, "and the one that runs is not disturbed");
  await server.close();

  const version = join(fixture.folder, "data", "PG_VERSION");
  writeFileSync(version, "19\n");
  await assert.rejects(fixture.start(), {
    code: "DATA_OTHER_VERSION",
    message: /PostgreSQL 19, and this is PostgreSQL 18/,
  });
  writeFileSync(version, "17\n");
  await assert.rejects(fixture.start(), { code: "DATA_OTHER_VERSION", message: /restore the dump/ });
  writeFileSync(version, "18\n");

  const state = join(fixture.folder, "sql.json");
  const text = readFileSync(state, "utf8");
  writeFileSync(state, text.replace('"version": 1', '"version": 2'));
  await assert.rejects(fixture.start(), { code: "STATE_TOO_NEW" });
  for (const damage of ["", "{", "[]", '{"version":1}', "null"]) {
    writeFileSync(state, damage);
    await assert.rejects(fixture.start(), { code: "STATE_DAMAGED" }, damage);
  }
  writeFileSync(state, text);
  await fixture.start();
});

test("a server that ends before it is ready says so, and starting can be given up", async () => {
  await using fixture = new ServerFixture();
  await (await fixture.start()).close();
  writeFileSync(join(fixture.folder, "data", "local.conf"), "no_such_setting = 1\n", { mode: 0o644 });
  await assert.rejects(fixture.start(), { code: "SERVER_ENDED", message: /exited with code 1/ });
  assert.ok(fixture.log.some((line) => line.includes("no_such_setting")));
  const reason = new Error("no longer wanted");
  await assert.rejects(fixture.start({ signal: AbortSignal.abort(reason) }), (thrown) =>
    isDeepStrictEqual(thrown, reason),
  );
});
