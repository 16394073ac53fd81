import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { systemClock } from "../../../blocks/time/index.ts";
import { RawClient } from "../testing/servers.ts";
import { until } from "../workers/testing/edge-process.ts";
import { type Fault, LENGTH_BYTES } from "./testing/faults.ts";
import { ReplicaProcess } from "./testing/replica-process.ts";
import { WatchedEdge } from "./testing/watched-edge.ts";

const POST = { method: "POST", body: "once" } as const;
/** Times are measured from what was said; a timer of the machine may be a little early by another clock. */
const CLOCK_MS = 2;

let replicas: readonly [ReplicaProcess, ReplicaProcess, ReplicaProcess, ReplicaProcess];
before(async () => {
  const start = (name: string) => ReplicaProcess.start(name);
  replicas = await Promise.all([start("a"), start("b"), start("c"), start("d")]);
});
after(() => Promise.all(replicas.map((replica) => replica.kill())));

const FAULTS: readonly (readonly [Fault, RegExp])[] = [
  ["resets without an answer", /ended the connection without an answer/],
  ["ends without an answer", /ended the connection without an answer/],
  ["answers rubbish", /answered with what is not HTTP/],
  ["never answers", /gave no answer in time/],
  ["answers 500", /answered 500/],
  ["resets in a counted body", /broke off in the middle of an answer/],
  ["ends in a body of chunks", /broke off in the middle of an answer/],
  ["sends rubbish between chunks", /broke off in the middle of an answer/],
  ["falls silent in a counted body", /in the middle of an answer/],
];

for (const [fault, reason] of FAULTS) {
  test(`a replica that ${fault} is out after as many failures in a row as configured, for as long as configured, and then back`, async () => {
    const [a, b] = replicas;
    const outliers = { consecutiveErrors: 3, ejectionMs: 300 };
    const timeouts = { responseMs: 150, idleMs: 150 };
    await using edge = await WatchedEdge.over([a, b], { outliers }, { timeouts });
    await a.behave(fault);
    a.received();
    for (let turn = 0; turn < 12 && !edge.find("a down"); turn++) await edge.ask(POST);
    await a.behave("none");
    const asked = a.received().length;
    const down = edge.find("a down");
    assert.ok(down, `not ejected for ${asked} failures`);
    assert.match(down.reason, /^failed 3 requests in a row, and .* is out for 300 ms$/);
    assert.match(down.reason, reason);
    assert.equal(asked, 3);

    for (;;) {
      const { by } = await edge.ask(POST);
      if (edge.find("a up")) break;
      assert.equal(by, "b");
    }
    const outMs = (edge.find("a up")?.atMs ?? 0) - down.atMs;
    assert.ok(outMs >= 300 - CLOCK_MS, `out for ${outMs} ms`);
    assert.deepEqual((await edge.answerers(4, POST)).sort(), ["a", "a", "b", "b"]);
    assert.deepEqual(edge.words, ["a down", "a up"]);
  });
}

test("a replica that leaves requests without an answer for the whole of their time is out as well", async () => {
  const [a, b] = replicas;
  const outliers = { consecutiveErrors: 2, ejectionMs: 60_000 };
  await using edge = await WatchedEdge.over([a, b], { outliers }, { timeouts: { totalMs: 100 } });
  await a.behave("never answers");
  a.received();
  for (let turn = 0; turn < 8; turn++) {
    const { status, by } = await edge.ask(POST);
    assert.deepEqual([status, by], turn === 0 || turn === 2 ? [504, "edge"] : [200, "b"]);
  }
  await a.behave("none");
  assert.deepEqual([edge.words, a.received().length], [["a down"], 2]);
});

test("clients that do not read their answers, leave in the middle of them, or send none of what they promised, take nobody out", async () => {
  const [a] = replicas;
  await a.behave("answers at length");
  const outliers = { consecutiveErrors: 1, ejectionMs: 60_000, maxEjectedShare: 1 };
  await using edge = await WatchedEdge.over([a], { outliers }, { timeouts: { idleMs: 150 } });
  for (const act of ["reads nothing", "leaves", "sends nothing"]) {
    await using client = new RawClient(edge.port);
    const body = act === "sends nothing" ? "Content-Length: 9\r\n" : "";
    client.send(`POST / HTTP/1.1\r\nHost: shop\r\n${body}\r\n`);
    await client.until(act === "sends nothing" ? /^HTTP\/1\.1 408/ : /^HTTP\/1\.1 200/);
    if (act !== "reads nothing") continue;
    client.socket.pause();
    await systemClock.sleep(800);
    client.socket.resume();
    // It was cut while it did not read.
    assert.ok((await client.toEnd()).length < LENGTH_BYTES);
  }
  await a.behave("none");
  assert.deepEqual(await edge.answerers(2, POST), ["a", "a"]);
  assert.deepEqual(edge.words, []);
});

test("each further ejection takes longer by the first time, up to the longest one", async () => {
  const [a, b] = replicas;
  const outliers = { consecutiveErrors: 1, ejectionMs: 150, maxEjectionMs: 400, intervalMs: 60_000 };
  await using edge = await WatchedEdge.over([a, b], { outliers });
  await a.behave("answers 500");
  for (const [at, ejectionMs] of [150, 300, 400, 400].entries()) {
    while (!edge.find("a down", at + 1)) await edge.ask();
    await until("a return", () => edge.find("a up", at + 1) !== undefined);
    const down = edge.find("a down", at + 1);
    const outMs = (edge.find("a up", at + 1)?.atMs ?? 0) - (down?.atMs ?? 0);
    assert.match(down?.reason ?? "", new RegExp(`is out for ${ejectionMs} ms$`));
    assert.ok(outMs >= ejectionMs - CLOCK_MS, `out for ${outMs} ms, not ${ejectionMs}`);
  }
  await a.behave("none");
});

for (const [share, count, most] of [
  [0.5, 4, 2],
  [0.25, 4, 1],
  [0.9, 4, 3],
  [0.1, 2, 1],
  [0, 2, 0],
  [1, 1, 1],
] as const) {
  test(`when all ${count} fail and a share of ${share} may be out, ${most} are, and somebody is still asked`, async () => {
    const failing = replicas.slice(0, count);
    const outliers = { consecutiveErrors: 1, ejectionMs: 60_000, maxEjectedShare: share };
    await using edge = await WatchedEdge.over(failing, { outliers, panicShare: 0 });
    for (const replica of failing) await replica.behave("answers 500");
    const statuses = new Set<number>();
    for (let asked = 0; asked < count * 5; asked++) statuses.add((await edge.ask(POST)).status);
    for (const replica of failing) await replica.behave("none");
    const out = edge.words.filter((what) => what.endsWith("down")).length;
    assert.equal(out, most, edge.words.join(", "));
    assert.deepEqual([...statuses].sort(), most < count ? [500] : [500, 503]);
  });
}

test("a share of failures takes a replica out that never fails twice in a row, once there were enough requests", async () => {
  const [a, b] = replicas;
  const outliers = { consecutiveErrors: 0, failureShare: 0.3, minimumRequests: 12, ejectionMs: 60_000 };
  await using edge = await WatchedEdge.over([a, b], { outliers, panicShare: 0 });
  a.received();
  for (let asked = 0; asked < 40 && !edge.find("a down"); asked++) {
    await a.behave(asked % 4 < 2 ? "answers 500" : "none");
    await edge.ask();
  }
  await a.behave("none");
  assert.match(edge.find("a down")?.reason ?? "", /^failed 30 % or more of its requests within 10000 ms/);
  assert.equal(a.received().length, 12);
});

test("when too few are well, those that are ejected are used too: better some failures than an overload", async () => {
  const [a, b, c] = replicas;
  const outliers = { consecutiveErrors: 1, ejectionMs: 60_000, maxEjectedShare: 0.9 };
  for (const [panicShare, served] of [
    [0.5, "abc"],
    [0, "c"],
  ] as const) {
    await using edge = await WatchedEdge.over([a, b, c], { outliers, panicShare });
    for (const replica of [a, b]) await replica.behave("answers 500");
    while (!(edge.find("a down") && edge.find("b down"))) await edge.ask();
    for (const replica of [a, b]) await replica.behave("none");
    const names = new Set(await edge.answerers(9));
    assert.equal([...names].sort().join(""), served, `panic below ${panicShare}`);
  }
});

test("whoever comes back gets little at first, and its full share only after the slow start", async () => {
  const [a, b] = replicas;
  const slowStartMs = 1_500;
  const outliers = { consecutiveErrors: 1, ejectionMs: 100 };
  await using edge = await WatchedEdge.over([a, b], { outliers, slowStartMs });
  await a.behave("answers 500");
  while (!edge.find("a down")) await edge.ask();
  await a.behave("none");
  await until("a return", () => edge.find("a up") !== undefined);
  const upMs = edge.find("a up")?.atMs ?? 0;
  const early = shareOf("a", await edge.answerers(40));
  // On a machine that took as long for these as for the whole slow start, there would be nothing to see.
  const took = () => systemClock.monotonicMs() - upMs;
  if (took() < slowStartMs / 3) assert.ok(early < 0.35, `first ${early} of the requests`);
  await until("the end of the slow start", () => took() > slowStartMs);
  assert.deepEqual(shareOf("a", await edge.answerers(40)), 0.5);
  assert.deepEqual(edge.words, ["a down", "a up"]);
});

function shareOf(name: string, names: readonly string[]): number {
  return names.filter((one) => one === name).length / names.length;
}
