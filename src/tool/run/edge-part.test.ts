import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "../../blocks/time/index.ts";
import { lives, until } from "./testdata/stage.ts";
import { ask, edge, HEALTHZ, load, run, service } from "./testdata/system.ts";

describe("an edge that is restarted", () => {
  test("is upgraded in place: the new process serves before the old one ends, and no request fails", async (t) => {
    const front = await edge("front", "api");
    const { system, replica, events } = await run(t, [service("api"), front]);
    await system.ready;
    const traffic = load(front.port);
    for (let time = 0; time < 2; time++) {
      const before = replica("front")?.pid ?? 0;
      await system.restart("front");
      assert.equal(replica("front")?.state.is, "ready");
      assert.notEqual(replica("front")?.pid, before);
      assert.equal(lives(before), false);
    }
    await systemClock.sleep(100);
    assert.deepEqual((await traffic.stop()).failures, []);
    const told = events.flatMap((event) =>
      event.type === "part" && event.part === "front" ? [event.state.is] : [],
    );
    assert.deepEqual(told.slice(told.indexOf("ready")), ["ready", "ready", "ready"]);
  });

  test("hears of every change of its services meanwhile, in both its processes", async (t) => {
    const front = await edge("front", "api");
    const { system } = await run(t, [service("api", { replicas: 2, health: HEALTHZ }), front]);
    await system.ready;
    const traffic = load(front.port);
    await Promise.all([system.restart("front"), system.restart("api")]);
    await Promise.all([system.restart("front"), system.scale("api", 1)]);
    await systemClock.sleep(50);
    assert.deepEqual((await traffic.stop()).failures, []);
  });

  test("leaves no process behind when the system ends meanwhile", async (t) => {
    for (const delayMs of [0, 100, 250]) {
      const front = await edge("front", "api");
      const { system, pids } = await run(t, [service("api"), front]);
      await system.ready;
      const old = pids();
      const restart = system.restart("front").catch(() => {});
      await systemClock.sleep(delayMs);
      const running = [...old, ...pids()];
      await (delayMs === 0 ? system.kill() : system.stop());
      await restart;
      assert.deepEqual([...running, ...pids()].filter(lives), []);
      await assert.rejects(ask(front.port), { code: "ECONNREFUSED" });
    }
  });
});

describe("an edge that is killed", () => {
  test("refuses no connection while it is down: what comes waits for its next process", async (t) => {
    const front = await edge("front", "api");
    const { system, replica } = await run(t, [service("api"), front]);
    await system.ready;
    const { pid = 0 } = replica("front") ?? {};
    const traffic = load(front.port);
    await systemClock.sleep(50);
    process.kill(pid, "SIGKILL");
    await until("its end", () => !lives(pid));
    assert.equal((await ask(front.port)).status, 200);
    assert.notEqual(replica("front")?.pid, pid);
    const { failures } = await traffic.stop();
    assert.ok(failures.length <= 3, `only what was under way fails: ${failures}`);
    assert.deepEqual(
      failures.filter((failure) => /ECONNREFUSED/.test(failure)),
      [],
    );
  });
});
