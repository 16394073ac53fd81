import assert from "node:assert/strict";
import { Agent } from "node:http";
import { test } from "node:test";
import { systemClock } from "../../../blocks/time/index.ts";
import { ask, configFor } from "../testing/servers.ts";
import { EdgeProcess } from "../workers/testing/edge-process.ts";
import { HEALTH_PATH } from "./testing/faults.ts";
import { ReplicaProcess } from "./testing/replica-process.ts";

/** A request that is over. */
interface Over {
  /** `POST /load/17`: no two are alike. */
  readonly line: string;
  /** 0 when the answer broke off, or never came. */
  readonly status: number;
  readonly beganMs: number;
  readonly endedMs: number;
}

const CLIENTS = 10;
/** From one request of a client to the next: about 200 a second come of it. */
const PAUSE_MS = 40;
/** What a process that is being killed may take to be gone, and the edge to hear of it. */
const DYING_MS = 200;

/** Clients that ask at a steady pace until they are stopped, one in two times with POST. */
function steadyLoad(port: number) {
  const all: Over[] = [];
  let running = true;
  let next = 0;
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const client = async () => {
    while (running) {
      const number = next++;
      const method = number % 2 === 0 ? "GET" : "POST";
      const path = `/load/${number}`;
      const beganMs = systemClock.monotonicMs();
      const asked = { method, path, agent, ...(method === "POST" ? { body: "once" } : {}) };
      const status = await ask(port, asked).then(
        (answer) => answer.status,
        () => 0,
      );
      all.push({ line: `${method} ${path}`, status, beganMs, endedMs: systemClock.monotonicMs() });
      await systemClock.sleep(PAUSE_MS);
    }
  };
  const done = Promise.all(Array.from({ length: CLIENTS }, client));
  return {
    all,
    async more(count: number) {
      for (const goal = all.length + count; all.length < goal; ) await systemClock.sleep(5);
    },
    async stop() {
      running = false;
      await done;
      agent.destroy();
    },
  };
}

for (const checked of [false, true]) {
  test(`a replica killed under load, ${checked ? "with" : "without"} checks, costs only requests under way there that must not be sent twice`, async () => {
    await using replicas = await ReplicaProcess.startAll(2);
    const [a, b] = replicas;
    assert.ok(a && b);
    // Slow enough that some requests are under way at any moment.
    for (const replica of replicas) await replica.behave("answers a little later");
    const health = { path: HEALTH_PATH, intervalMs: 100 };
    const config = configFor([a.port, b.port], checked ? { health } : {});
    await using edge = await EdgeProcess.start(config);
    const load = steadyLoad(edge.port);
    await load.more(60);
    const kills: { readonly fromMs: number; readonly toMs: number }[] = [];
    for (const victim of [a, b, a]) {
      const fromMs = systemClock.monotonicMs();
      await victim.kill();
      kills.push({ fromMs, toMs: systemClock.monotonicMs() + DYING_MS });
      await load.more(60);
      const down = await edge.next("endpoint");
      assert.deepEqual([down.id, down.state], [victim === a ? "service.1" : "service.2", "down"]);
      await victim.restart();
      await victim.behave("answers a little later");
      const up = await edge.next("endpoint");
      assert.deepEqual([up.id, up.state], [down.id, "up"]);
      await load.more(20);
    }
    await load.stop();

    const failed = load.all.filter(({ status }) => status !== 200);
    for (const { line, status, beganMs, endedMs } of failed) {
      assert.match(line, /^POST /);
      assert.equal(status, 502, line);
      const wasUnderWay = kills.some(({ fromMs, toMs }) => beganMs <= toMs && endedMs >= fromMs);
      assert.ok(wasUnderWay, `${line} failed, of ${failed.length}, while nobody was killed`);
    }
    const most = kills.length * CLIENTS;
    assert.ok(failed.length <= most, `${failed.length} of ${load.all.length} failed`);

    for (const replica of replicas) await replica.behave("none");
    const posts = [...a.received(), ...b.received()].filter((line) => line.startsWith("POST "));
    assert.equal(new Set(posts).size, posts.length, "a POST was received twice");
    const received = new Set(posts);
    for (const { line, status } of load.all) {
      if (line.startsWith("POST ") && status === 200) assert.ok(received.has(line), line);
    }
    assert.deepEqual(edge.unread("endpoint"), []);
  });
}
