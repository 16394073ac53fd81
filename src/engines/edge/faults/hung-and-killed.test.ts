import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../../blocks/time/index.ts";
import { until } from "../workers/testing/edge-process.ts";
import { HEALTH_PATH } from "./testing/faults.ts";
import { ReplicaProcess } from "./testing/replica-process.ts";
import { WatchedEdge } from "./testing/watched-edge.ts";

const POST = { method: "POST", body: "once" } as const;
/** Swift ones: two failures take a replica out, within about half a second. */
const health = { path: HEALTH_PATH, intervalMs: 100, timeoutMs: 120, unhealthyAfter: 2, healthyAfter: 2 };
/** The latest that checks may find a replica hung: two waits and two patiences, and as much again for a busy machine. */
const FOUND_MS = 2 * 2 * (health.intervalMs * 1.1 + health.timeoutMs) + 1_000;

test("a hung replica costs GETs a wait and POSTs their answer, is taken out by its checks in time, and returns by them", async () => {
  await using replicas = await ReplicaProcess.startAll(2);
  const [a, b] = replicas;
  assert.ok(a && b);
  const route = { retries: { perTryMs: 100 } };
  await using edge = await WatchedEdge.over([a, b], { health, outliers: false }, route);
  assert.deepEqual((await edge.answerers(2)).sort(), ["a", "b"]);
  a.received();
  b.received();

  await a.hang();
  const hungMs = systemClock.monotonicMs();
  // Its system takes connections and requests for it, which it will read when it goes on.
  const seen: string[] = [];
  for (let asked = 0; !edge.find("a down"); asked++) {
    const [path, isPost] = [`/hung/${asked}`, asked % 4 < 2];
    const { status, by } = await edge.ask(isPost ? { ...POST, path } : { path });
    if (isPost) seen.push(`${status} ${by} ${path}`);
    else assert.deepEqual([status, by], [200, "b"], "a GET is answered by the other one");
  }
  const down = edge.find("a down");
  assert.match(down?.reason ?? "", /^GET \/healthz gave no answer in 120 ms$/);
  const foundMs = (down?.atMs ?? 0) - hungMs;
  assert.ok(foundMs < FOUND_MS, `found after ${foundMs} ms`);
  assert.deepEqual(await edge.answerers(6, POST), Array(6).fill("b"));

  a.resume();
  await until("a return", () => edge.find("a up") !== undefined);
  assert.deepEqual((await edge.answerers(4)).sort(), ["a", "a", "b", "b"]);
  assert.deepEqual(edge.words, ["a down", "a up"]);

  // Now everything that was ever sent has been received.
  await a.behave("none");
  await b.behave("none");
  const received = [...a.received(), ...b.received()].filter((line) => line.startsWith("POST /hung/"));
  assert.deepEqual([...new Set(received)].sort(), [...received].sort(), "a POST was received twice");
  for (const one of seen) {
    const path = one.split(" ")[2];
    assert.match(one, /^(200 b|504 edge) /);
    assert.ok(received.includes(`POST ${path}`), `${one} was received by nobody`);
  }
});

test("a replica whose checks fail is out although it answers, all of them are used when all fail, and each returns by its own", async () => {
  await using replicas = await ReplicaProcess.startAll(2);
  const [a, b] = replicas;
  assert.ok(a && b);
  await using edge = await WatchedEdge.over([a, b], { health });
  await a.behave("fails its checks");
  await until("the end of a", () => edge.find("a down") !== undefined);
  assert.match(edge.find("a down")?.reason ?? "", /^GET \/healthz answered 503$/);
  assert.deepEqual(await edge.answerers(4, POST), ["b", "b", "b", "b"]);
  await b.behave("fails its checks");
  await until("the end of b", () => edge.find("b down") !== undefined);
  assert.deepEqual((await edge.answerers(4, POST)).sort(), ["a", "a", "b", "b"]);
  await a.behave("none");
  await until("the return of a", () => edge.find("a up") !== undefined);
  assert.deepEqual(await edge.answerers(4, POST), ["a", "a", "a", "a"]);
  await b.behave("none");
  await until("the return of b", () => edge.find("b up") !== undefined);
  assert.deepEqual((await edge.answerers(4, POST)).sort(), ["a", "a", "b", "b"]);
  assert.deepEqual(edge.words, ["a down", "b down", "a up", "b up"]);
});

for (const [how, checks] of [
  ["without checks", {}],
  ["with checks", { health: { ...health, unhealthyAfter: 1_000 } }],
] as const) {
  test(`${how}, a killed replica costs no request, is out at once, and is back soon after it was started on the same port`, async () => {
    await using replicas = await ReplicaProcess.startAll(2);
    const [a, b] = replicas;
    assert.ok(a && b);
    await using edge = await WatchedEdge.over([a, b], checks);
    for (const round of [1, 2]) {
      assert.deepEqual((await edge.answerers(2)).sort(), ["a", "b"]);
      await a.kill();
      for (const asked of [{}, POST]) {
        const names = await edge.answerers(4, asked);
        assert.deepEqual(names, ["b", "b", "b", "b"]);
      }
      assert.match(edge.find("a down", round)?.reason ?? "", /ECONNREFUSED/);
      await a.restart();
      // Without checks it takes a request to find out.
      await until("the return of a", async () => {
        assert.equal((await edge.ask(POST)).status, 200);
        return edge.find("a up", round) !== undefined;
      });
      assert.deepEqual((await edge.answerers(4, POST)).sort(), ["a", "a", "b", "b"]);
    }
    assert.deepEqual(edge.words, ["a down", "a up", "a down", "a up"]);
  });
}

test("when all replicas are killed clients hear 503 and when to come back, and the first one that is started again is enough", async () => {
  await using replicas = await ReplicaProcess.startAll(2);
  const [a, b] = replicas;
  assert.ok(a && b);
  await using edge = await WatchedEdge.over([a, b], { health });
  await Promise.all([a.kill(), b.kill()]);
  assert.deepEqual(await edge.answerers(3, POST), ["503", "503", "503"]);
  assert.deepEqual([...edge.words].sort(), ["a down", "b down"]);
  await b.restart();
  await until("the return of b", () => edge.find("b up") !== undefined);
  assert.deepEqual(await edge.answerers(3, POST), ["b", "b", "b"]);
});
