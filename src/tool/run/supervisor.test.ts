import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { PartModel } from "../design/model.ts";
import { listRuns, readRun } from "./run-history.ts";
import { lives, temporaryFolder, until } from "./testdata/stage.ts";
import { ask, edge, freePort, HEALTHZ, run, script, service, task } from "./testdata/system.ts";

const FOREVER = "while :; do sleep 0.05; done";

describe("starting a system", () => {
  test("starts each part when all that it uses is ready, and says by name what is awaited", async (t) => {
    const { system, events } = await run(t, [
      task("seed", "echo seeding; sleep 0.1"),
      service("inner", { uses: { seed: "seed" }, health: HEALTHZ }),
      task("check", "exit 0", { uses: { inner: "inner" } }),
    ]);
    assert.equal(system.snapshot().state, "starting");
    await system.ready;
    assert.equal(system.snapshot().state, "ready");

    const told = events.flatMap((event) =>
      event.type === "part" && event.part !== "internal-edge" && event.state.is !== "starting"
        ? [`${event.replica} ${"for" in event.state ? `waits for ${event.state.for}` : event.state.is}`]
        : [],
    );
    const [afterSeed] = told.filter((line) => line.startsWith("inner.1 waits"));
    assert.equal(afterSeed, "inner.1 waits for seed");
    const order = ["seed done", "inner.1 ready", "check done"].map((line) => told.indexOf(line));
    assert.ok(order.every((place) => place >= 0));
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
    assert.ok(told.some((line) => /^check waits for .*inner/.test(line)));
  });

  test("hands on PORT and a URL for each part used; the rest of the environment stays as it was", async (t) => {
    const outside: PartModel = { kind: "database", name: "links", url: "postgres://elsewhere:5432/links" };
    const front = await edge("front", "api");
    const api = service("api", { uses: { store: "links" }, environment: { MODE: "test" } });
    const environment = { PATH: process.env.PATH, LANG: "C", MINE: "1" };
    const { system, replica } = await run(t, [outside, api, front], { environment });
    await system.ready;
    const { NODE_COMPILE_CACHE, PORT, ...rest } = JSON.parse((await ask(front.port, "/environment")).body);
    assert.equal(Number(PORT), replica("api.1")?.port);
    assert.ok(NODE_COMPILE_CACHE, "Node's own cache of compiled code, for what Trestle's Node runs");
    assert.deepEqual(rest, { ...environment, MODE: "test", STORE_URL: "postgres://elsewhere:5432/links" });
  });

  test("is refused before anything is started where a port of the design is taken, and leaves no lock", async (t) => {
    const folder = temporaryFolder(t);
    const front = await edge("front", "api");
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(front.port, "127.0.0.1", resolve));
    t.after(() => other.close());
    const parts = [task("seed", `touch ${join(folder, "started")}`), service("api"), front];
    await assert.rejects(run(t, parts, { folder }), {
      code: "PORT_IN_USE",
      message: new RegExp(`^front cannot listen on port ${front.port} of 127.0.0.1: another program has it`),
    });
    assert.equal(existsSync(join(folder, "started")), false);
    await new Promise((resolve) => other.close(resolve));
    const { system } = await run(t, parts, { folder });
    await system.ready;
  });

  test("is refused where the system runs already, which is not disturbed", async (t) => {
    const { system, folder, replica } = await run(t, [script("worker", FOREVER)]);
    await until("the worker", () => replica("worker.1")?.pid !== undefined);
    await assert.rejects(run(t, [task("seed", "true")], { folder }), { code: "ALREADY_RUNNING" });
    assert.ok(lives(replica("worker.1")?.pid ?? 0));
    await system.stop();
  });

  test("is refused where a newer version wrote the state, and where a design asks for what cannot be", async (t) => {
    const folder = temporaryFolder(t);
    mkdirSync(join(folder, ".trestle", "demo"), { recursive: true });
    writeFileSync(join(folder, ".trestle", "demo", "version.json"), '{"version":99}');
    await assert.rejects(run(t, [], { folder }), { code: "STATE_TOO_NEW", message: /state version 99/ });

    await assert.rejects(run(t, [service("internal-edge")]), { code: "NOT_POSSIBLE" });
  });

  test("chooses a port where an edge leaves it open, and takes no part in an edge that stands outside", async (t) => {
    const folder = temporaryFolder(t);
    const open = await edge("front", "api", 0);
    const outside = { ...(await edge("public", "api")), url: "https://demo.example" };
    const ports: (number | undefined)[] = [];
    for (let time = 0; time < 2; time++) {
      const { system, replica } = await run(t, [service("api"), open, outside], { folder });
      await system.ready;
      const port = replica("front")?.port ?? 0;
      ports.push(port);
      assert.equal((await ask(port)).status, 200);
      const urls = system.snapshot().parts.map(({ name, url }) => `${name} ${url}`);
      assert.deepEqual(urls.slice(1), [`front http://127.0.0.1:${port}`, "public https://demo.example"]);
      await system.stop();
    }
    assert.equal(ports[0], ports[1]);
  });

  test("writes nothing that Git would pick up, and nothing that others may read", async (t) => {
    const { system, folder, stateFolder } = await run(t, [task("seed", "true")]);
    await system.ready;
    assert.equal(readFileSync(join(folder, ".trestle", ".gitignore"), "utf8"), "*\n");
    assert.equal(statSync(stateFolder).mode & 0o077, 0);
  });
});

describe("a part that fails", () => {
  test("leaves the rest unharmed, and the system is called degraded until it is mended", async (t) => {
    const folder = temporaryFolder(t);
    const front = await edge("front", "api");
    const worker = script(
      "worker",
      `test -e mended || exit 1; exec ${process.execPath} ${folder}/worker.mjs`,
    );
    writeFileSync(
      join(folder, "worker.mjs"),
      'import { createServer } from "node:net"; createServer().listen(process.env.PORT, "127.0.0.1");',
    );
    const { system, reaches, events } = await run(t, [service("api"), worker, front], { folder });
    await reaches("front", "ready");
    await until("the crash loop", () =>
      events.some((event) => event.type === "part" && event.state.is === "failed" && event.state.looping),
    );
    assert.equal(system.snapshot().state, "degraded");
    assert.equal((await ask(front.port)).status, 200);
    writeFileSync(join(folder, "mended"), "");
    await system.restart("worker");
    await system.ready;
    assert.equal(system.snapshot().state, "ready");
    await system.stop();
    const [stored] = listRuns(join(folder, ".trestle", "demo"));
    assert.deepEqual(stored?.verdicts, ["worker.1 is in a crash loop: it exited with code 1"]);
  });

  test("if it is a task, keeps waiting what uses it, until the task was run again with success", async (t) => {
    const folder = temporaryFolder(t);
    const seed = task("seed", "test -e mended", {});
    const { system, reaches, replica } = await run(t, [seed, service("api", { uses: { seed: "seed" } })], {
      folder,
    });
    assert.deepEqual(await reaches("seed", "gave-up"), { is: "gave-up", reason: "exited with code 1" });
    assert.equal(system.snapshot().state, "degraded");
    assert.deepEqual(replica("api.1")?.state, { is: "waiting", for: "seed" });
    await assert.rejects(system.restart("api"), { code: "NOT_POSSIBLE", message: /it waits for seed/ });
    await assert.rejects(system.restart("seed"), { code: "RESTART_FAILED" });
    writeFileSync(join(folder, "mended"), "");
    await system.restart("seed");
    await system.ready;
  });

  test("is back by itself when its process is killed", async (t) => {
    const front = await edge("front", "api");
    const { system, replica } = await run(t, [service("api"), front]);
    await system.ready;
    for (const id of ["api.1", "front"]) {
      const before = replica(id);
      assert.ok(before?.pid);
      process.kill(before.pid, "SIGKILL");
      await until(`the return of ${id}`, () => {
        const now = replica(id);
        return now?.state.is === "ready" && now.pid !== before.pid;
      });
      assert.equal(replica(id)?.restarts, 1);
      await until("an answer", async () => (await ask(front.port).catch(() => undefined))?.status === 200);
    }
  });

  test("floods its log within bounds: the flood is cut and counted, other parts' lines are kept", async (t) => {
    const { system, stateFolder, events } = await run(t, [
      script("loud", `yes flood | head -n 80000; echo the end; ${FOREVER}`),
      script("quiet", `echo hello; ${FOREVER}`),
    ]);
    await until("the count of what was left out", () =>
      events.some((event) => event.type === "log" && /^\d+ lines left out/.test(event.text)),
    );
    await until("the quiet line", () =>
      events.some((event) => event.type === "log" && event.part === "quiet" && event.text === "hello"),
    );
    await system.kill();
    const [stored] = listRuns(stateFolder);
    assert.ok(stored);
    assert.ok(readRun(stored, { parts: ["loud"], lines: 1_000_000 }).length < 60_000);
    assert.equal(readRun(stored, { parts: ["quiet"], lines: 10 })[0]?.text, "hello");
  });
});

describe("stopping a system", () => {
  test("ends each part before what it uses, and leaves no process, lock, ledger or control file", async (t) => {
    const front = await edge("front", "outer");
    const { system, events, pids, stateFolder } = await run(t, [
      service("inner"),
      service("outer", { uses: { inner: "inner" }, replicas: 2 }),
      front,
    ]);
    await system.ready;
    const running = pids();
    assert.equal(running.length, 5);
    await Promise.all([system.stop(), system.stop()]);
    await system.ended;
    assert.deepEqual(running.filter(lives), []);
    const left = readdirSync(stateFolder);
    for (const name of ["lock", "control.json", "processes.jsonl"]) assert.ok(!left.includes(name), name);
    const stopped = events.flatMap((event) =>
      event.type === "part" && event.state.is === "stopped" ? [event.part] : [],
    );
    assert.equal(stopped[0], "front");
    assert.ok(stopped.lastIndexOf("outer") < stopped.indexOf("inner"));
    assert.equal(system.snapshot().state, "stopped");
    assert.deepEqual(
      events.flatMap((event) => (event.type === "system" ? [event.state] : [])),
      ["starting", "ready", "stopping", "stopped"],
    );
  });

  test("lets a request under way be answered", async (t) => {
    const front = await edge("front", "api");
    const { system } = await run(t, [service("api"), front]);
    await system.ready;
    const answer = ask(front.port, "/slow");
    await ask(front.port);
    await system.stop();
    assert.equal((await answer).status, 200);
  });

  test("works at any moment of the start", async (t) => {
    const front = await edge("front", "api");
    for (const delayMs of [0, 20, 60]) {
      const { system, stateFolder, pids } = await run(t, [service("api", { replicas: 2 }), front]);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      const running = pids();
      await system.stop();
      assert.deepEqual([...running, ...pids()].filter(lives), []);
      assert.equal(existsSync(join(stateFolder, "lock")), false);
      await assert.rejects(system.scale("api", 3), { code: "NOT_POSSIBLE" });
      await assert.rejects(system.restart("api"), { code: "NOT_POSSIBLE" });
    }
  });

  test("by kill ends everything at once, even while it is stopping in order", async (t) => {
    const deaf = script("deaf", `trap '' TERM; echo deaf; ${FOREVER}`, { stopTimeoutMs: 600_000 });
    const { system, events, pids, stateFolder } = await run(t, [deaf]);
    await until("its line", () => events.some((event) => event.type === "log"));
    const running = pids();
    const inOrder = system.stop();
    await system.kill();
    await inOrder;
    assert.deepEqual(running.filter(lives), []);
    assert.equal(existsSync(join(stateFolder, "lock")), false);
  });

  test("keeps the run: its design, events, log lines and end", async (t) => {
    const { system, stateFolder } = await run(t, [task("seed", "echo seeded")]);
    await system.ready;
    await system.stop();
    const [stored] = listRuns(stateFolder);
    assert.ok(stored?.endedMs && stored.endedMs >= stored.startedMs);
    assert.equal(readRun(stored, { lines: 10 })[0]?.text, "seeded");
    assert.match(readFileSync(join(stored.folder, "events.jsonl"), "utf8"), /"stopped"/);
  });

  test("frees the ports of the design for the next start at once", async (t) => {
    const folder = temporaryFolder(t);
    const port = await freePort();
    const front = await edge("front", "api", port);
    for (let time = 0; time < 2; time++) {
      const { system } = await run(t, [service("api"), front], { folder });
      await system.ready;
      assert.equal((await ask(port)).status, 200);
      await system.stop();
    }
  });
});
