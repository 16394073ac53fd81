import assert from "node:assert/strict";
import { test } from "node:test";
import type { State } from "../run/index.ts";
import { type Board, boardOfModel, type Row } from "./board.ts";
import { demoModel } from "./testing/demo-model.ts";

const START = 1_000;

function board(): Board {
  return boardOfModel(demoModel, START);
}

function rowOf(one: Board, replica: string): Row | undefined {
  return one.rows.find((row) => row.replica === replica);
}

function state(replica: string, timeMs: number, state: State) {
  return { type: "part", part: replica.replace(/\.\d+$/, ""), replica, timeMs, state } as const;
}

test("a design that is about to start has a row a process, in its order, and all of them wait", () => {
  assert.deepEqual(
    board().rows.map(({ replica, state }) => `${replica} ${state.is}`),
    ["links waiting", "hot waiting", "shortener.1 waiting", "shortener.2 waiting", "front waiting"],
  );
});

test("a part that stands outside has no row", () => {
  const model = {
    ...demoModel,
    parts: demoModel.parts.map((part) =>
      part.kind === "cache" ? { ...part, url: "redis://elsewhere" } : part,
    ),
  };
  assert.equal(rowOf(boardOfModel(model, START), "hot"), undefined);
});

test("how long a start took counts from its first step, whatever else was missing in between", () => {
  const one = board();
  one.apply(state("hot", 2_000, { is: "starting", for: "its process to start" }));
  one.apply(state("hot", 2_100, { is: "starting", for: "port 1 to open" }));
  assert.equal(one.apply(state("hot", 2_400, { is: "ready" }))?.tookMs, 400);
  one.apply(state("hot", 9_000, { is: "failed", reason: "died", looping: false, retryInMs: 100 }));
  one.apply(state("hot", 9_100, { is: "starting", for: "its process to start" }));
  assert.equal(one.apply(state("hot", 9_300, { is: "ready" }))?.tookMs, 200);
});

test("the last five lines of a process are at hand when it fails", () => {
  const one = board();
  for (let n = 1; n <= 7; n++) {
    one.apply({ type: "log", timeMs: n, part: "hot", replica: "hot", stream: "stderr", text: `line ${n}` });
  }
  assert.deepEqual(rowOf(one, "hot")?.tail, ["line 3", "line 4", "line 5", "line 6", "line 7"]);
});

test("while the system runs, a replica that is replaced does not count as stopped", () => {
  const one = board();
  one.apply(state("shortener.1", 2_000, { is: "ready" }));
  assert.equal(one.apply(state("shortener.1", 2_100, { is: "stopping" })), undefined);
  assert.equal(rowOf(one, "shortener.1")?.state.is, "ready");
  one.apply({ type: "system", timeMs: 3_000, state: "stopping" });
  assert.equal(one.apply(state("shortener.1", 3_100, { is: "stopping" }))?.state.is, "stopping");
});

test("replicas come and go with scaling, in the order of their numbers", () => {
  const one = board();
  for (const number of [10, 3]) one.apply(state(`shortener.${number}`, 2_000, { is: "ready" }));
  const names = () => one.rows.filter(({ part }) => part === "shortener").map(({ replica }) => replica);
  assert.deepEqual(names(), ["shortener.1", "shortener.2", "shortener.3", "shortener.10"]);
  one.apply({ type: "scaled", timeMs: 3_000, part: "shortener", replicas: 1 });
  assert.deepEqual(names(), ["shortener.1"]);
});
