import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { systemClock } from "../../blocks/time/index.ts";
import { lives, temporaryFolder, until } from "./testdata/stage.ts";
import { ask, edge, HEALTHZ, load, run, script, service, serviceFile, task } from "./testdata/system.ts";

describe("a rolling restart", () => {
  test("replaces every process and fails no request", async (t) => {
    const front = await edge("front", "api");
    const { system, replica, events } = await run(t, [
      service("api", { replicas: 2, health: HEALTHZ }),
      front,
    ]);
    await system.ready;
    const before = ["api.1", "api.2"].map((id) => replica(id)?.pid);
    const traffic = load(front.port);
    await system.restart("api");
    await systemClock.sleep(100);
    const { answers, failures } = await traffic.stop();
    assert.deepEqual(failures, []);
    const after = ["api.1", "api.2"].map((id) => replica(id)?.pid);
    assert.equal(new Set([...before, ...after]).size, 4);
    for (const pid of before) assert.ok(pid && !lives(pid));
    assert.deepEqual(new Set(answers), new Set([...before, ...after].map(String)));
    assert.ok(!events.some((event) => event.type === "part" && event.state.is === "failed"));
  });

  test("lets requests under way on the old process be answered by it", async (t) => {
    const front = await edge("front", "api");
    const { system, replica } = await run(t, [service("api"), front]);
    await system.ready;
    const old = replica("api.1")?.pid;
    const answer = ask(front.port, "/slow");
    await systemClock.sleep(50);
    await system.restart("api");
    assert.deepEqual(await answer, { status: 200, body: String(old) });
    assert.notEqual(replica("api.1")?.pid, old);
  });

  test("whose new process fails leaves the old one serving, and says what to look at", async (t) => {
    const folder = temporaryFolder(t);
    const front = await edge("front", "api");
    const program = {
      command: [
        "sh",
        "-c",
        `test -e broken && exit 5; exec ${process.execPath} "$0"`,
        serviceFile("answer.mjs"),
      ],
    };
    const { system, replica } = await run(t, [service("api", { program }), front], { folder });
    await system.ready;
    const before = replica("api.1");
    writeFileSync(join(folder, "broken"), "");
    const traffic = load(front.port);
    await assert.rejects(system.restart("api"), {
      code: "RESTART_FAILED",
      message: /^the new process of api\.1 exited with code 5; the old one goes on\. `trestle logs api`/,
    });
    assert.deepEqual((await traffic.stop()).failures, []);
    const after = replica("api.1");
    assert.deepEqual([after?.pid, after?.port, after?.restarts], [before?.pid, before?.port, 0]);
    assert.equal(system.snapshot().state, "ready");
  });

  test("takes turns with two ports per replica, however often it is done", async (t) => {
    const { system, replica } = await run(t, [service("api")]);
    await system.ready;
    const ports = [replica("api.1")?.port];
    for (let time = 0; time < 3; time++) {
      await system.restart("api");
      ports.push(replica("api.1")?.port);
    }
    assert.equal(new Set(ports).size, 2);
    assert.deepEqual(ports.slice(0, 2), ports.slice(2));
  });

  test("that is cut off by the end of the system leaves no process behind", async (t) => {
    for (const end of ["stop", "kill"] as const) {
      const folder = temporaryFolder(t);
      // Each process notes its number; those of the restart never serve.
      const text = `echo $$ >> numbers; test -e late && exec sleep 60; exec ${process.execPath} "$0"`;
      const program = { command: ["sh", "-c", text, serviceFile("answer.mjs")] };
      const front = await edge("front", "api");
      const { system, pids } = await run(t, [service("api", { replicas: 2, program }), front], { folder });
      await system.ready;
      writeFileSync(join(folder, "late"), "");
      const restart = assert.rejects(system.restart("api"), { code: "NOT_POSSIBLE" });
      const scale = assert.rejects(system.scale("api", 3), { code: "NOT_POSSIBLE" });
      const numbers = () => readFileSync(join(folder, "numbers"), "utf8").trim().split("\n").map(Number);
      await until("the third process", () => numbers().length === 3);
      const running = [...pids(), ...numbers()];
      await system[end]();
      await Promise.all([restart, scale]);
      assert.equal(numbers().length, 3);
      assert.deepEqual(running.filter(lives), []);
    }
  });

  test("or a scaling that has not begun when the system is told to stop never does", async (t) => {
    const front = await edge("front", "api");
    const { system, replica, events } = await run(t, [service("api"), front]);
    await system.ready;
    const before = replica("api.1")?.pid;
    // The edge ends first, and takes its time for that.
    const answer = ask(front.port, "/slow");
    await systemClock.sleep(50);
    const changes = [system.restart("api"), system.scale("api", 3), system.restart("front")];
    const refusals = changes.map((change) => assert.rejects(change, { code: "NOT_POSSIBLE" }));
    await system.stop();
    await Promise.all(refusals);
    assert.deepEqual(await answer, { status: 200, body: String(before) });
    const of = (is: string) => events.filter((one) => one.type === "part" && one.state.is === is).length;
    assert.equal(of("ready"), 2);
  });

  test("of an edge or a task starts it anew, and requests at once follow each other", async (t) => {
    const front = await edge("front", "api");
    const { system, replica, events } = await run(t, [task("seed", "echo seeded"), service("api"), front]);
    await system.ready;
    const before = replica("front")?.pid;
    await Promise.all([system.restart("front"), system.restart("front"), system.restart("seed")]);
    assert.notEqual(replica("front")?.pid, before);
    assert.equal((await ask(front.port)).status, 200);
    assert.equal(events.filter((event) => event.type === "log" && event.text === "seeded").length, 2);
    assert.equal(system.snapshot().state, "ready");
  });
});

describe("scaling", () => {
  test("up and down fails no request, and the new replicas take their share", async (t) => {
    const front = await edge("front", "api");
    const { system, replica, events } = await run(t, [service("api"), front]);
    await system.ready;
    const traffic = load(front.port);
    await system.scale("api", 3);
    const three = ["api.1", "api.2", "api.3"].map((id) => replica(id)?.pid);
    await systemClock.sleep(200);
    await system.scale("api", 1);
    const { answers, failures } = await traffic.stop();
    assert.deepEqual(failures, []);
    assert.deepEqual(new Set(answers), new Set(three.map(String)));
    assert.deepEqual(
      three.map((pid) => pid !== undefined && lives(pid)),
      [true, false, false],
    );
    assert.equal(replica("api.2"), undefined);
    const scaled = events.flatMap((event) => (event.type === "scaled" ? [event.replicas] : []));
    assert.deepEqual(scaled, [3, 1]);
  });

  test("and restarting at once take turns", async (t) => {
    const front = await edge("front", "api");
    const { system, replica } = await run(t, [service("api"), front]);
    await system.ready;
    const traffic = load(front.port);
    await Promise.all([system.scale("api", 2), system.restart("api"), system.scale("api", 1)]);
    assert.deepEqual((await traffic.stop()).failures, []);
    assert.equal(replica("api.1")?.state.is, "ready");
    assert.equal(replica("api.2"), undefined);
  });

  test("goes on while replicas still start: more are started beside them, and fewer end them", async (t) => {
    const environment = { START_AFTER_MS: "1500" };
    const { system, replica, reaches } = await run(t, [service("api", { environment })]);
    await system.ready;
    const two = system.scale("api", 2);
    await reaches("api.2", "starting");
    const four = system.scale("api", 4);
    await reaches("api.4", "starting");
    assert.equal(replica("api.2")?.state.is, "starting");
    const one = system.scale("api", 1);
    await Promise.all([two, four, one]);
    assert.equal(replica("api.2"), undefined);
    assert.equal(system.snapshot().state, "ready");
  });

  test("is refused for what has no replicas, for numbers that are none, and for what is not there", async (t) => {
    const { system } = await run(t, [
      task("seed", "true"),
      service("elsewhere", { url: "http://127.0.0.1:9" }),
      service("api"),
    ]);
    await system.ready;
    await assert.rejects(system.scale("seed", 2), { code: "NOT_POSSIBLE", message: /seed is a task/ });
    await assert.rejects(system.scale("elsewhere", 2), { code: "NOT_POSSIBLE", message: /outside Trestle/ });
    await assert.rejects(system.restart("elsewhere"), { code: "NOT_POSSIBLE", message: /where it runs/ });
    for (const replicas of [0, -1, 1.5, Number.NaN, 101])
      await assert.rejects(async () => system.scale("api", replicas), { code: "NOT_POSSIBLE" });
    await assert.rejects(system.scale("nobody", 2), {
      code: "NO_SUCH_PART",
      message: "demo has no part nobody: it has seed, elsewhere, api",
    });
  });

  test("says when a new replica does not become ready, and goes on trying", async (t) => {
    const folder = temporaryFolder(t);
    const text = `test $PORT = "$(cat first 2>/dev/null || echo $PORT | tee first)" || exit 6
      exec ${process.execPath} ${serviceFile("answer.mjs")}`;
    const { system, replica } = await run(t, [script("api", text)], { folder });
    await system.ready;
    await assert.rejects(system.scale("api", 2), {
      code: "SCALE_FAILED",
      message: /^api\.2 exited with code 6/,
    });
    await until("another try", () => (replica("api.2")?.restarts ?? 0) > 0);
    assert.equal(replica("api.1")?.state.is, "ready");
    assert.equal(system.snapshot().state, "degraded");
    await system.scale("api", 1);
    assert.equal(system.snapshot().state, "ready");
  });
});

describe("a service that others use", () => {
  test("is reached at one URL, which survives its restarts, its scaling and its deaths", async (t) => {
    const front = await edge("front", "outer");
    const { system, replica } = await run(t, [
      service("inner", { health: HEALTHZ }),
      service("outer", { uses: { inner: "inner" } }),
      front,
    ]);
    await system.ready;
    const through = "/through?variable=INNER_URL";
    const first = replica("inner.1")?.pid;
    assert.equal((await ask(front.port, through)).body, String(first));
    const traffic = load(front.port, through);
    await system.restart("inner");
    await system.scale("inner", 2);
    const { failures, answers } = await traffic.stop();
    assert.deepEqual(failures, []);
    assert.ok(new Set(answers).size >= 2);
    const outer = replica("outer.1")?.pid;
    const { pid } = replica("internal-edge") ?? {};
    assert.ok(pid);
    process.kill(pid, "SIGKILL");
    await until("an answer", async () => (await ask(front.port, through)).status === 200);
    assert.equal(replica("outer.1")?.pid, outer);
  });
});
