import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { SystemSnapshot } from "../control-api/index.ts";
import type { PartModel } from "../design/model.ts";
import { findRunning } from "./control/control-client.ts";
import { listRuns } from "./run-history.ts";
import { lives, temporaryFolder, until } from "./testdata/stage.ts";
import { ask, designOf, edge, run, script, service } from "./testdata/system.ts";

const MAIN = fileURLToPath(new URL("./testdata/supervisor/main.ts", import.meta.url));

/** The end of a script that becomes a server. */
const SERVE = `exec ${process.execPath} -e 'require("node:net").createServer().listen(process.env.PORT, "127.0.0.1")'`;

/** Runs a system under a supervisor in another process. Resolves once that system is ready. */
async function elsewhere(
  t: TestContext,
  folder: string,
  parts: readonly PartModel[],
): Promise<{ snapshot: SystemSnapshot; kill(): Promise<void>; exited: Promise<number | null> }> {
  const args = [MAIN, JSON.stringify(designOf(folder, parts))];
  const supervisor = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  const exited = new Promise<number | null>((resolve) => supervisor.once("exit", resolve));
  let text = "";
  supervisor.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const kill = async () => {
    supervisor.kill("SIGKILL");
    await exited;
  };
  t.after(kill);
  const ready = () => /^\{"ready":.*$/m.exec(text)?.[0];
  await until("the system elsewhere", () => ready() !== undefined);
  const { ready: snapshot } = JSON.parse(ready() ?? "{}") as { ready: SystemSnapshot };
  return { snapshot, kill, exited };
}

function pidsOf(snapshot: SystemSnapshot): number[] {
  return snapshot.parts.flatMap(({ replicas }) =>
    replicas.flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
  );
}

describe("after a supervisor was killed", () => {
  test("the next start ends what it left, says so, and works at the same ports", async (t) => {
    const folder = temporaryFolder(t);
    const front = await edge("front", "api");
    const parts = [service("api", { replicas: 2 }), front];
    const before = await elsewhere(t, folder, parts);
    const left = pidsOf(before.snapshot);
    assert.equal(left.length, 3);
    await before.kill();
    assert.ok(left.some(lives), "services outlive their supervisor, and are found by the next");

    const { system, notices, stateFolder, replica } = await run(t, parts, { folder });
    await system.ready;
    assert.deepEqual(left.filter(lives), []);
    assert.match(notices()[0] ?? "", /^ended what an earlier run had left: .*api\.[12]/);
    assert.equal((await ask(front.port)).status, 200);
    const port = (snapshot: SystemSnapshot) => snapshot.parts[0]?.replicas[0]?.port;
    assert.equal(replica("api.1")?.port, port(before.snapshot));
    assert.deepEqual(
      listRuns(stateFolder).map(({ endedMs }) => endedMs),
      [undefined, undefined],
    );
    await system.stop();
  });

  test("nothing is taken for running: its control file is stale, and its lock is free", async (t) => {
    const folder = temporaryFolder(t);
    const before = await elsewhere(t, folder, [service("api")]);
    await before.kill();
    assert.ok(existsSync(join(folder, ".trestle", "demo", "control.json")));
    await assert.rejects(findRunning(folder), { code: "NOT_RUNNING" });
    const { system, notices } = await run(t, [service("api")], { folder });
    await system.ready;
    assert.deepEqual(notices(), ["ended what an earlier run had left: api.1"]);
  });
});

describe("a supervisor in another process", () => {
  test("is found, asked, and told to end; `down` resolves when it has", async (t) => {
    const folder = temporaryFolder(t);
    const { snapshot, exited } = await elsewhere(t, folder, [service("api", { replicas: 2 })]);
    const control = await findRunning(folder);
    await control.scale("api", 1);
    assert.equal((await control.snapshot()).parts[0]?.replicas.length, 1);
    await control.down();
    assert.equal(lives(snapshot.pid), false);
    assert.deepEqual(pidsOf(snapshot).filter(lives), []);
    assert.equal(await exited, 0);
    await assert.rejects(findRunning(folder), { code: "NOT_RUNNING" });
    await assert.rejects(control.snapshot(), { code: "NOT_RUNNING" });
  });
});

describe("with --watch", () => {
  test("a service whose files changed is restarted, once for many changes, and not for what Trestle writes", async (t) => {
    const folder = temporaryFolder(t);
    mkdirSync(join(folder, "api"));
    writeFileSync(join(folder, "api", "value.txt"), "one\n");
    const parts = [script("api", `cat value.txt; ${SERVE}`, { folder: "api" })];
    const { system, events, notices, replica } = await run(t, parts, { folder, watch: true });
    await system.ready;
    const before = replica("api.1")?.pid;
    writeFileSync(join(folder, "api", "debug.log"), "not watched");
    writeFileSync(join(folder, "api", "value.txt"), "two\n");
    await until("the new process", () =>
      events.some((event) => event.type === "log" && event.text.startsWith("two")),
    );
    await until("the replacement", () => replica("api.1")?.pid !== before);
    assert.deepEqual(notices(), ["value.txt changed: restarting"]);
    await system.stop();
  });

  test("a change that breaks the service leaves the old process, and the next change mends it", async (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, "run.sh"), "");
    const parts = [script("api", `. ./run.sh; ${SERVE}`)];
    const { system, notices, replica } = await run(t, parts, { folder, watch: true });
    await system.ready;
    const before = replica("api.1")?.pid;
    writeFileSync(join(folder, "run.sh"), "exit 3");
    await until("the failure", () =>
      notices().some((notice) => /exited with code 3; the old one goes on/.test(notice)),
    );
    assert.equal(replica("api.1")?.pid, before);
    writeFileSync(join(folder, "run.sh"), "");
    await until("the replacement", () => replica("api.1")?.pid !== before);
  });
});
