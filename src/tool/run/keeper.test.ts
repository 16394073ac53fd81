import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { systemClock, systemRandom } from "../../blocks/time/index.ts";
import type { Job } from "./keeper.ts";
import { Ports } from "./ports.ts";
import { untilServing } from "./readiness.ts";
import { keep, program, shell } from "./testdata/keeper-host.ts";
import { lives, temporaryFolder, until } from "./testdata/stage.ts";

const FOREVER = "while :; do sleep 0.05; done";

/** Starts a Node server on a port of its own and waits until it serves. */
async function serving(
  folder: string,
  script: string,
  health?: string,
): Promise<Pick<Job, "launch" | "untilReady">> {
  const port = await new Ports(join(folder, "ports.json"), systemRandom).take("part");
  return {
    launch: async () => program(process.execPath, "-e", script, String(port)),
    async untilReady(_child, { signal, onMissing }) {
      const options = { port, clock: systemClock, signal, onMissing };
      await untilServing(
        health === undefined ? options : { ...options, health: { kind: "http", path: health } },
      );
    },
  };
}

describe("a keeper", () => {
  test("has a process ready once its port is open and its health path answers, and says what it waits for", async (t) => {
    const script = `
      const { createServer } = require("node:http");
      let asked = 0;
      const server = createServer((_request, response) => {
        response.statusCode = ++asked < 3 ? 503 : 200;
        response.end();
      });
      setTimeout(() => server.listen(process.argv[1], "127.0.0.1"), 100);`;
    const kept = keep(t, await serving(temporaryFolder(t), script, "/healthz"));
    kept.keeper.start();
    assert.deepEqual(await kept.keeper.settled(), { is: "ready" });
    const told = kept.states.map((state) => ("for" in state ? state.for.replace(/\d{5}/, "N") : state.is));
    assert.deepEqual(told, [
      "its process to start",
      "port N to open",
      "GET /healthz to answer 2xx (now 503)",
      "ready",
    ]);
  });

  test("finds a server that listens on either loopback address", async (t) => {
    const script = `require("node:net").createServer().listen(process.argv[1], "::1")`;
    const kept = keep(t, await serving(temporaryFolder(t), script));
    kept.keeper.start();
    assert.equal((await kept.keeper.settled()).is, "ready");
  });

  test("starts a process again that exits, after growing waits, and calls the fifth time a crash loop", async (t) => {
    const kept = keep(t, {
      launch: async () => shell("echo trying; exit 9"),
      untilReady: () => new Promise(() => {}),
    });
    kept.keeper.start();
    await kept.reaches("failed", 5);
    const failures = kept.states.filter((state) => state.is === "failed");
    assert.deepEqual(
      failures.map(({ retryInMs, looping }) => ({ retryInMs, looping })),
      [100, 200, 400, 800, 1600].map((retryInMs, index) => ({ retryInMs, looping: index === 4 })),
    );
    for (const { reason } of failures) assert.equal(reason, "exited with code 9");
    assert.equal(kept.keeper.restarts, 4);
    assert.equal(kept.lines.filter(({ text }) => text === "trying").length, 5);
  });

  test("has told the last words of a process before it tells that it failed", async (t) => {
    const kept = keep(t, {
      launch: async () => shell("echo why >&2; exit 1"),
      untilReady: () => new Promise(() => {}),
    });
    kept.keeper.start();
    await kept.keeper.settled();
    assert.equal(kept.lines.length, 1);
    assert.deepEqual(kept.lines[0], { part: "part", replica: "part.1", stream: "stderr", text: "why" });
  });

  test("starts a process again that is killed while it serves", async (t) => {
    const kept = keep(t, { launch: async () => shell(FOREVER) });
    kept.keeper.start();
    await kept.reaches("ready");
    const { pid } = kept.keeper.snapshot();
    assert.ok(pid);
    process.kill(pid, "SIGKILL");
    await kept.reaches("ready", 2);
    const [failure] = kept.states.filter((state) => state.is === "failed");
    assert.equal(failure?.reason, "was killed by SIGKILL");
    assert.notEqual(kept.keeper.snapshot().pid, pid);
    assert.equal(kept.keeper.snapshot().restarts, 1);
  });

  test("ends a process that never becomes ready, and says for what it waited", async (t) => {
    const script = `console.log(process.pid); setInterval(() => {}, 1e6)`;
    const kept = keep(t, {
      ...(await serving(temporaryFolder(t), script)),
      startTimeoutMs: 1_000,
      stopTimeoutMs: 2_000,
    });
    kept.keeper.start();
    const failure = await kept.reaches("failed");
    assert.match(
      failure.is === "failed" ? failure.reason : "",
      /^was not ready in 1 s: it waited for port \d+ to open$/,
    );
    const pid = Number(kept.lines[0]?.text ?? 0);
    assert.ok(pid === 0 || !lives(pid));
  });

  test("says plainly that a command is not to be found or may not be run, and tries on", async (t) => {
    const script = join(temporaryFolder(t), "run.sh");
    writeFileSync(script, "#!/bin/sh\nsleep 60\n");
    const kept = keep(t, { launch: async () => program(script) });
    kept.keeper.start();
    const failure = await kept.reaches("failed");
    assert.equal(failure.is === "failed" && failure.reason, `cannot be started: ${script} is not executable`);
    chmodSync(script, 0o755);
    await kept.reaches("ready");
  });

  test("survives what the system refuses to start at all, such as too large an environment", async (t) => {
    const kept = keep(t, {
      launch: async () => ({
        ...shell("true"),
        environment: { ...process.env, HUGE: "x".repeat(4_000_000) },
      }),
    });
    kept.keeper.start();
    const failure = await kept.reaches("failed");
    assert.match(failure.is === "failed" ? failure.reason : "", /E2BIG/);
  });

  test("gives up where trying again cannot help, and starts anew when asked", async (t) => {
    let isMended = false;
    const kept = keep(t, {
      async launch() {
        if (!isMended) throw Object.assign(new Error("a migration was changed"), { retryable: false });
        return shell(FOREVER);
      },
    });
    kept.keeper.start();
    assert.deepEqual(await kept.keeper.settled(), { is: "gave-up", reason: "a migration was changed" });
    isMended = true;
    assert.deepEqual(await kept.keeper.restart(), { is: "ready" });
  });

  test("replaces the process on a restart, which counts as no failure", async (t) => {
    const kept = keep(t, { launch: async () => shell(FOREVER) });
    kept.keeper.start();
    await kept.reaches("ready");
    const { pid } = kept.keeper.snapshot();
    assert.deepEqual(await kept.keeper.restart(), { is: "ready" });
    assert.notEqual(kept.keeper.snapshot().pid, pid);
    assert.ok(!kept.states.some(({ is }) => is === "failed"));
    assert.ok(pid && !lives(pid));
  });

  test("answers a restart during a back-off with what came of the new process, not of the old", async (t) => {
    let isMended = false;
    const kept = keep(t, {
      launch: async () => shell(isMended ? FOREVER : "exit 1"),
      untilReady: async () => {
        if (!isMended) await new Promise(() => {});
      },
    });
    kept.keeper.start();
    await kept.reaches("failed", 4);
    isMended = true;
    assert.deepEqual(await kept.keeper.restart(), { is: "ready" });
  });

  test("may be told to restart twice at once, and once more as soon as it gave up", async (t) => {
    const kept = keep(t, { launch: async () => shell(FOREVER) });
    kept.keeper.start();
    await kept.reaches("ready");
    const states = await Promise.all([kept.keeper.restart(), kept.keeper.restart()]);
    assert.deepEqual(states, [{ is: "ready" }, { is: "ready" }]);

    const task = keep(t, { life: "once", launch: async () => shell("exit 1") });
    task.keeper.start();
    for (let time = 0; time < 3; time++) {
      assert.equal((await task.keeper.settled()).is, "gave-up");
      assert.equal((await task.keeper.restart()).is, "gave-up");
    }
  });

  test("stops a process in order, and kills one that ignores that", async (t) => {
    const kept = keep(t, {
      stopTimeoutMs: 200,
      launch: async () => shell(`trap '' TERM; echo up; ${FOREVER}`),
    });
    kept.keeper.start();
    await until("its line", () => kept.lines.length > 0);
    const { pid } = kept.keeper.snapshot();
    await kept.keeper.stop();
    assert.deepEqual(kept.keeper.state, { is: "stopped" });
    assert.ok(pid && !lives(pid));
    assert.deepEqual(
      kept.states.slice(-2).map(({ is }) => is),
      ["stopping", "stopped"],
    );
  });

  test("starts nothing any more once it is stopped, be that before, during or after a start", async (t) => {
    for (const moment of ["before", "launching", "starting", "failed"] as const) {
      let started = 0;
      const kept = keep(t, {
        async launch() {
          if (moment === "launching") await systemClock.sleep(50);
          started += 1;
          return shell(moment === "failed" ? "exit 1" : FOREVER);
        },
        untilReady: () => new Promise(() => {}),
      });
      if (moment !== "before") kept.keeper.start();
      if (moment === "failed") await kept.reaches("failed");
      await kept.keeper.stop();
      const before = started;
      kept.keeper.start();
      assert.deepEqual(await kept.keeper.restart(), { is: "stopped" });
      assert.equal(started, before, moment);
      assert.equal(kept.keeper.snapshot().pid, undefined);
      assert.equal(kept.states.at(-1)?.is, "stopped");
    }
  });

  test("is stopped at once by whoever hears of a failure, without waiting for the next try", async (t) => {
    const kept = keep(t, { launch: async () => shell("exit 1"), untilReady: () => new Promise(() => {}) });
    const stopped = new Promise<void>((resolve) => {
      kept.onState = (state) => {
        if (state.is === "failed" && state.looping) resolve(kept.keeper.stop());
      };
    });
    kept.keeper.start();
    await stopped;
    assert.equal(kept.states.filter(({ is }) => is === "failed").length, 5);
  });

  test("takes a process that was spawned ahead, or another where that has died", async (t) => {
    for (const dies of [false, true]) {
      const kept = keep(t, { launch: async () => shell(`echo spawned; ${FOREVER}`) });
      kept.keeper.spawnAhead();
      kept.keeper.spawnAhead();
      await until("its line", () => kept.lines.length === 1);
      assert.equal(kept.keeper.state.is, "waiting");
      const { pid } = kept.keeper.snapshot();
      if (dies && pid) {
        process.kill(pid, "SIGKILL");
        await until("its death", () => kept.keeper.snapshot().pid === undefined);
      }
      kept.keeper.start();
      assert.equal((await kept.keeper.settled()).is, "ready");
      assert.equal(kept.keeper.snapshot().pid === pid, !dies);
      await kept.keeper.stop();
      assert.ok(pid && !lives(pid));
    }
    const stopped = keep(t, { launch: async () => shell(FOREVER) });
    stopped.keeper.spawnAhead();
    await stopped.keeper.stop();
    assert.equal(stopped.keeper.snapshot().pid, undefined);
  });

  test("may be stopped twice, and killed while it is being stopped", async (t) => {
    const kept = keep(t, {
      stopTimeoutMs: 600_000,
      launch: async () => shell(`trap '' TERM; echo up; ${FOREVER}`),
    });
    kept.keeper.start();
    await until("its line", () => kept.lines.length > 0);
    const stops = [kept.keeper.stop(), kept.keeper.stop()];
    await kept.keeper.kill();
    await Promise.all(stops);
    assert.deepEqual(kept.keeper.state, { is: "stopped" });
  });
});

describe("a keeper of a task", () => {
  test("is done when the command succeeded, and does not run it again by itself", async (t) => {
    const kept = keep(t, { life: "once", launch: async () => shell("echo seeded") });
    kept.keeper.start();
    assert.deepEqual(await kept.keeper.settled(), { is: "done" });
    assert.ok(kept.keeper.isReady);
    assert.deepEqual(await kept.keeper.restart(), { is: "done" });
    assert.equal(kept.lines.length, 2);
  });

  test("gives up when the command failed, with its exit code", async (t) => {
    const kept = keep(t, { life: "once", launch: async () => shell("exit 4") });
    kept.keeper.start();
    assert.deepEqual(await kept.keeper.settled(), { is: "gave-up", reason: "exited with code 4" });
  });

  test("ends a command that runs for longer than it may", async (t) => {
    const kept = keep(t, { life: "once", startTimeoutMs: 200, launch: async () => shell(FOREVER) });
    kept.keeper.start();
    assert.deepEqual(await kept.keeper.settled(), { is: "gave-up", reason: "did not end in 0.2 s" });
    assert.equal(kept.keeper.snapshot().pid, undefined);
  });

  test("runs a command anew when a restart interrupts it", async (t) => {
    const kept = keep(t, { life: "once", launch: async () => shell("echo up; sleep 0.3") });
    kept.keeper.start();
    await until("its line", () => kept.lines.length > 0);
    assert.deepEqual(await kept.keeper.restart(), { is: "done" });
    assert.ok(!kept.states.some(({ is }) => is === "gave-up"));
  });
});
