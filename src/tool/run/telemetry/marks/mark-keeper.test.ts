import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Mark, RunEvent, State } from "../../../control-api/index.ts";
import { MARKS_MAX, MarkKeeper } from "./mark-keeper.ts";
import { marksOf } from "./stored-marks.ts";

const FAILED: State = { is: "failed", reason: "was killed by SIGKILL", looping: false, retryInMs: 0 };
const STARTING: State = { is: "starting", for: "port 1 to open" };
const READY: State = { is: "ready" };

function state(timeMs: number, to: State, replica = "api.1"): RunEvent {
  return { type: "part", timeMs, part: "api", replica, state: to };
}

function told(...events: RunEvent[]): MarkKeeper {
  const keeper = new MarkKeeper();
  for (const event of events) keeper.take(event);
  return keeper;
}

const all = (keeper: MarkKeeper) => keeper.between(0, Number.POSITIVE_INFINITY);
const without = (marks: readonly Mark[]) => marks.map(({ id: _id, ...rest }) => rest);

describe("marks", () => {
  test("an outage lasts from a death until the replica is ready again, however often it dies in it", () => {
    const keeper = told(state(1, STARTING), state(2, READY), state(10, FAILED), state(11, STARTING));
    assert.deepEqual(without(all(keeper)), [
      { kind: "death", fromMs: 10, open: true, part: "api", text: "api.1 was killed by SIGKILL" },
    ]);
    for (const event of [state(12, FAILED), state(13, STARTING), state(20, READY)]) keeper.take(event);
    assert.deepEqual(without(all(keeper)), [
      { kind: "death", fromMs: 10, toMs: 20, part: "api", text: "api.1 was killed by SIGKILL" },
    ]);
  });

  test("a crash loop is told as one", () => {
    const looping: State = { ...FAILED, reason: "exited with code 1", looping: true };
    const keeper = told(state(2, READY), state(10, FAILED), state(12, looping));
    assert.deepEqual(without(all(keeper)), [
      {
        kind: "death",
        fromMs: 10,
        open: true,
        part: "api",
        text: "api.1 is in a crash loop: it exited with code 1",
      },
    ]);
  });

  test("a restart that was asked for is no death, and a first start is neither", () => {
    const keeper = told(state(1, STARTING), state(2, READY), state(10, STARTING), state(15, READY));
    assert.deepEqual(without(all(keeper)), [
      { kind: "restart", fromMs: 10, toMs: 15, part: "api", text: "api.1 is restarted" },
    ]);
    // A service's new process is ready before the old one ends.
    assert.deepEqual(without(all(told(state(2, READY), state(10, READY)))), [
      { kind: "restart", fromMs: 10, part: "api", text: "api.1 was restarted" },
    ]);
    // A replica that was taken away and added again is a new one.
    assert.deepEqual(
      all(told(state(2, READY), state(3, { is: "stopped" }), state(4, STARTING), state(5, READY))),
      [],
    );
  });

  test("scaling, notices and faults are marked; the end of the system closes what goes on", () => {
    const keeper = told(
      { type: "scaled", timeMs: 1, part: "api", replicas: 3 },
      {
        type: "scaled",
        timeMs: 1,
        part: "api",
        replicas: 4,
        reason: "cpu is at 90 %, its target is 70 %: 3 → 4",
      },
      { type: "notice", timeMs: 2, part: "api", message: "x.ts changed: restarting" },
      { type: "log", timeMs: 3, part: "api", replica: "api.1", stream: "stdout", text: "no mark" },
    );
    const fault = keeper.begin({ part: "api", to: "hot", text: "200 ms more on each answer" }, 4);
    keeper.begin({ part: "api", text: "no network" }, 5);
    keeper.end(fault, 6);
    keeper.end(fault, 7);
    keeper.end("m99", 7);
    keeper.take({ type: "system", timeMs: 9, state: "stopped" });
    assert.deepEqual(without(all(keeper)), [
      { kind: "scaled", fromMs: 1, part: "api", text: "api has 3 replicas" },
      { kind: "scaled", fromMs: 1, part: "api", text: "cpu is at 90 %, its target is 70 %: 3 → 4" },
      { kind: "notice", fromMs: 2, part: "api", text: "x.ts changed: restarting" },
      { kind: "fault", fromMs: 4, toMs: 6, part: "api", to: "hot", text: "200 ms more on each answer" },
      { kind: "fault", fromMs: 5, toMs: 9, part: "api", text: "no network" },
    ]);
  });

  test("a stretch is found from any moment in it", () => {
    const keeper = told(state(2, READY), state(10, FAILED));
    assert.equal(keeper.between(50, 60).length, 1);
    keeper.take(state(20, READY));
    assert.deepEqual(
      [
        keeper.between(0, 9),
        keeper.between(0, 10),
        keeper.between(15, 16),
        keeper.between(20, 30),
        keeper.between(21, 30),
      ].map((found) => found.length),
      [0, 1, 1, 1, 0],
    );
  });

  test("whoever listens hears of a mark when it begins and when it ends, under one id", () => {
    const keeper = told(state(2, READY));
    const heard: Mark[] = [];
    const stop = keeper.subscribe((mark) => heard.push(mark));
    keeper.take(state(10, FAILED));
    keeper.take(state(20, READY));
    stop();
    keeper.take(state(30, FAILED));
    assert.deepEqual(
      heard.map(({ id, open, toMs }) => [id, open, toMs]),
      [
        ["m1", true, undefined],
        ["m1", undefined, 20],
      ],
    );
  });

  test("no more than a thousand are kept, and notices push out nothing but notices", () => {
    const keeper = told(state(1, READY), state(2, FAILED));
    for (let at = 0; at < 5_000; at++) keeper.take({ type: "notice", timeMs: 3, message: "again" });
    assert.equal(all(keeper)[0]?.kind, "death");
    for (let at = 0; at < 5_000; at++) keeper.take({ type: "scaled", timeMs: 4, part: "api", replicas: 1 });
    assert.equal(all(keeper).length, MARKS_MAX);
    assert.equal(
      told({ type: "notice", timeMs: 1, message: "x".repeat(5_000) }).between(0, 1)[0]?.text.length,
      300,
    );
  });
});

describe("marks of a stored run", () => {
  const states = fc.constantFrom<State>(
    READY,
    FAILED,
    STARTING,
    { is: "stopped" },
    { is: "gave-up", reason: "ended" },
  );
  const events = fc.array(
    fc.oneof(
      fc.record({
        type: fc.constant("part" as const),
        timeMs: fc.nat(),
        part: fc.constant("api"),
        replica: fc.constantFrom("api.1", "api.2"),
        state: states,
      }),
      fc.record({
        type: fc.constant("scaled" as const),
        timeMs: fc.nat(),
        part: fc.string(),
        replicas: fc.nat(),
      }),
      fc.record({ type: fc.constant("notice" as const), timeMs: fc.nat(), message: fc.string() }),
      fc.record({
        type: fc.constant("system" as const),
        timeMs: fc.nat(),
        state: fc.constantFrom("ready" as const, "stopped" as const),
      }),
    ),
  );

  test("are those that the run had", () => {
    fc.assert(
      fc.property(events, (list) => {
        const text = list.map((event) => `${JSON.stringify(event)}\n`).join("");
        assert.deepEqual(all(marksOf(text)), all(told(...list)));
      }),
    );
  });

  test("are read from whatever is left of the file", () => {
    const line = JSON.stringify({ type: "notice", timeMs: 1, message: "kept" });
    assert.equal(all(marksOf(`${line}\nnull\n[]\n{"timeMs":1}\n{"type":"part","timeMs":2,"par`)).length, 1);
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.json(), fc.string())), (lines) => {
        assert.doesNotThrow(() => marksOf(lines.join("\n")));
      }),
    );
  });
});
