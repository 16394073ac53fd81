import assert from "node:assert/strict";
import { test } from "node:test";
import { count, duration, listed, memory, stateSentence, stateWord } from "./words.ts";

test("durations are told in the unit that suits them", () => {
  const told = [0, 40, 99.6, 100, 1_449, 9_949, 30_000, 59_500, 3_599_000, 7_200_000, 172_800_000].map(
    duration,
  );
  const expected = [
    "0 ms",
    "40 ms",
    "100 ms",
    "0.1 s",
    "1.4 s",
    "9.9 s",
    "30 s",
    "1 min",
    "1 h",
    "2 h",
    "2 days",
  ];
  assert.deepEqual(told, expected);
});

test("memory is told in the units in which it is bounded", () => {
  assert.equal(memory(47.4 * 1024 ** 2), "47 MiB");
  assert.equal(memory(1.25 * 1024 ** 3), "1.3 GiB");
});

test("counts and lists read as English does", () => {
  assert.deepEqual(
    [count(1, "replica"), count(2, "replica"), count(3, "process")],
    ["1 replica", "2 replicas", "3 processes"],
  );
  assert.deepEqual(
    [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])],
    ["a", "a and b", "a, b and c"],
  );
});

test("each state has a word for tables and a sentence that says what is missing or what happens next", () => {
  const failed = { is: "failed", reason: "exited with code 1", looping: false, retryInMs: 200 } as const;
  assert.equal(stateWord(failed), "failed");
  assert.equal(stateSentence(failed), "exited with code 1; starts again in 0.2 s");
  const looping = { ...failed, looping: true, retryInMs: 30_000 };
  assert.equal(stateWord(looping), "crash loop");
  assert.equal(stateSentence(looping), "crash loop: exited with code 1, again and again; next try in 30 s");
  assert.equal(stateSentence({ is: "waiting", for: "links" }), "waits for links");
  assert.equal(
    stateSentence({ is: "starting", for: "port 4000 to open" }),
    "starting: waits for port 4000 to open",
  );
  assert.equal(stateSentence({ is: "gave-up", reason: "exited with code 3" }), "failed: exited with code 3");
});
