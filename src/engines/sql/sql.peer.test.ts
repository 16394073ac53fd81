import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { ServerFixture } from "./server-fixture.ts";

function psql(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const ran = spawnSync("psql", ["--no-psqlrc", "--no-password", "--tuples-only", "--no-align", ...args], {
    encoding: "utf8",
    timeout: 30_000,
    env: { PATH: process.env.PATH, ...environment },
  });
  assert.equal(ran.error, undefined, "psql cannot be run (Debian: postgresql-client)");
  return { out: ran.stdout.trim(), error: ran.stderr.trim(), code: ran.status };
}

test("Debian's psql works over TCP with the URL, and over the Unix socket with the password", async () => {
  await using fixture = new ServerFixture();
  const { url, socketFolder, port } = await fixture.start();
  assert.deepEqual(
    psql([url, "-c", "CREATE TABLE t (a int); COPY t FROM PROGRAM 'echo 1'"]).code,
    1,
    "no superuser",
  );
  assert.equal(psql([url, "-c", "CREATE TABLE t AS SELECT generate_series(1, 10) AS a"]).error, "");
  assert.equal(psql([url, "-c", "SELECT sum(a) FROM t"]).out, "55");
  assert.equal(psql([url, "-c", "SHOW server_version"]).out.split(".")[0], "18");

  const socket = [
    `-h${socketFolder}`,
    `-p${port}`,
    "-Ushop",
    "orders",
    "-c",
    "SELECT inet_client_addr() IS NULL",
  ];
  const isShort = Buffer.byteLength(`${socketFolder}/.s.PGSQL.${port}`) <= 107;
  if (isShort) {
    assert.equal(psql(socket, { PGPASSWORD: new URL(url).password }).out, "t");
    assert.match(psql(socket).error, /no password supplied/);
  }
});

test("psql without a password, with a wrong one, or for another database is turned away", async () => {
  await using fixture = new ServerFixture();
  const { url } = await fixture.start();
  const without = new URL(url);
  without.password = "";
  assert.match(psql([without.href, "-c", "SELECT 1"]).error, /no password supplied/);
  const wrong = new URL(url);
  wrong.password = "wrong";
  assert.match(psql([wrong.href, "-c", "SELECT 1"]).error, /password authentication failed/);
});
