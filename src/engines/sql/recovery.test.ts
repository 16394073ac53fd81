import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { systemClock } from "../../blocks/time/index.ts";
import { processesIn } from "./cluster/processes.ts";
import { prepareSql } from "./index.ts";
import { ask, ServerFixture } from "./server-fixture.ts";

const onLinux = process.platform === "linux";
const bounded = { timeout: 120_000 };
const needsProc = onLinux ? bounded : { skip: "processes are told by /proc, which only Linux has" };

/** Inserts one row after another until the server is gone, and returns the numbers whose COMMIT was answered. */
async function insertUntilGone(url: string, from: number): Promise<number[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  const acknowledged: number[] = [];
  try {
    await client.connect();
    for (let number = from; ; number++) {
      await client.query("INSERT INTO t VALUES ($1)", [number]);
      acknowledged.push(number);
    }
  } catch {
    return acknowledged;
  } finally {
    await client.end().catch(() => {});
  }
}

test("every row that was acknowledged survives kill -9 of the server, time and again", bounded, async () => {
  await using fixture = new ServerFixture();
  let server = await fixture.start();
  await ask(server.url, "CREATE TABLE t (a int PRIMARY KEY)");
  const acknowledged: number[] = [];
  for (let round = 0; round < 4; round++) {
    const inserting = insertUntilGone(server.url, round * 100_000);
    // Once rows flow, wherever the server is by then.
    while (
      (await ask(server.url, `SELECT 1 FROM t WHERE a >= ${round * 100_000 + 20 * round + 1}`)).length === 0
    );
    process.kill(server.pid, "SIGKILL");
    assert.equal(await server.ended, "was killed by SIGKILL");
    acknowledged.push(...(await inserting));
    server = await fixture.start();
    const kept = new Set((await ask(server.url, "SELECT a FROM t")).map((row) => row.a));
    assert.deepEqual(
      acknowledged.filter((number) => !kept.has(number)),
      [],
    );
  }
  assert.ok(acknowledged.length > 40);
});

test("a killed server's children, still at work, do not hinder the next one", needsProc, async () => {
  await using fixture = new ServerFixture();
  const first = await fixture.start();
  // A loop that looks up for nothing: it does not notice that the postmaster is gone.
  const busy = ask(
    first.url,
    "SELECT count(*) FROM generate_series(1, 1000000000) a, generate_series(1, 1000) b",
  ).catch(() => {});
  while (
    !(
      await ask(
        first.url,
        "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%series%' AND pid <> pg_backend_pid()",
      )
    ).length
  );
  process.kill(first.pid, "SIGKILL");
  await first.ended;
  assert.ok(processesIn(first.socketFolder).length > 0, "the orphan is there");
  const second = await fixture.start();
  await busy;
  assert.deepEqual(
    processesIn(second.socketFolder)
      .filter((one) => one.isPostmaster)
      .map((one) => one.pid),
    [second.pid],
  );
});

test(
  "a stale postmaster.pid that names a living process of the same user hinders nothing",
  needsProc,
  async () => {
    await using fixture = new ServerFixture();
    await using neighbour = new ServerFixture();
    const { pid } = await neighbour.start();
    const first = await fixture.start();
    const file = join(first.socketFolder, "postmaster.pid");
    const text = readFileSync(file, "utf8");
    await first.close();
    // As after a restart of the machine, when the number was given to another.
    writeFileSync(file, text.replace(/^\d+/, String(pid)), { mode: 0o666 });
    const second = await fixture.start();
    assert.equal((await ask(second.url, "SELECT 1 AS a"))[0]?.a, 1);
  },
);

test("a killed process of ours leaves a server that the next one ends", needsProc, async () => {
  await using fixture = new ServerFixture();
  const script = `
    import { startSql } from ${JSON.stringify(new URL("./index.ts", import.meta.url).href)};
    import { systemClock } from ${JSON.stringify(new URL("../../blocks/time/index.ts", import.meta.url).href)};
    const server = await startSql({ folder: process.argv[1], role: "shop", database: "orders", clock: systemClock, onLog() {} });
    console.log(server.pid);
    setInterval(() => {}, 1000);`;
  const args = ["--input-type=module", "-e", script, fixture.folder];
  const parent = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(parent.stdout, "data");
  const pid = Number(String(line));
  const gone = once(parent, "exit");
  parent.kill("SIGKILL");
  await gone;
  const server = await fixture.start();
  assert.notEqual(server.pid, pid);
  assert.deepEqual(
    processesIn(server.socketFolder)
      .filter((one) => one.isPostmaster)
      .map((one) => one.pid),
    [server.pid],
  );
});

test("initdb killed at any moment leaves nothing that hinders the next start", bounded, async () => {
  await using fixture = new ServerFixture();
  const prepare = fileURLToPath(new URL("./prepare.ts", import.meta.url));
  const clockAt = new URL("../../blocks/time/index.ts", import.meta.url).href;
  const script = `
    import { prepareSql } from ${JSON.stringify(prepare)};
    import { systemClock } from ${JSON.stringify(clockAt)};
    await prepareSql({ folder: process.argv[1], port: 1, role: "shop", database: "orders", clock: systemClock });`;
  let killed = 0;
  for (const seen of ["draft/password", "draft/data/base", "draft/data/global/pg_control"]) {
    const args = ["--input-type=module", "-e", script, fixture.folder];
    const parent = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
    const gone = once(parent, "exit");
    while (!existsSync(join(fixture.folder, seen)) && parent.exitCode === null) await systemClock.sleep(2);
    // The parent dies, and initdb goes on by itself: the next start meets both its files and it.
    parent.kill("SIGKILL");
    await gone;
    if (!existsSync(join(fixture.folder, "data"))) killed += 1;
  }
  assert.ok(killed > 0, "a busy machine may let one or two finish, not all");
  const server = await fixture.start();
  assert.equal((await ask(server.url, "SELECT 1 AS a"))[0]?.a, 1);
  assert.deepEqual(readdirSync(fixture.folder).sort(), ["data", "sql.json"]);
});

test("a role or database that is missing is made at the next start", bounded, async () => {
  await using fixture = new ServerFixture();
  const options = { folder: fixture.folder, role: "shop", database: "orders", clock: systemClock };
  // As when the supervisor is killed between initdb and the first login.
  await prepareSql({ ...options, port: 1 });
  const server = await fixture.start();
  await server.close();
  const again = await fixture.start({ database: "more" });
  assert.equal((await ask(again.url, "SELECT current_database() AS name"))[0]?.name, "more");
});
