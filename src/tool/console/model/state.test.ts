import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReplicaSnapshot, State } from "../../control-api/index.ts";
import { partLook, partWords, stateLook, stateWords } from "./state.ts";

const FAILED: State = { is: "failed", reason: "it exited with code 1", looping: true, retryInMs: 4_000 };
const part = (...states: State[]) => ({
  external: false,
  replicas: states.map(
    (state, index): ReplicaSnapshot => ({ id: `a.${index}`, state, restarts: 0, sinceMs: 0 }),
  ),
});

test("states are said in words, with what they wait for and why they failed", () => {
  assert.equal(stateWords({ is: "waiting", for: "links" }), "waiting for links");
  assert.equal(stateWords({ is: "starting", for: "its port" }), "starting: its port");
  assert.equal(stateWords(FAILED), "keeps failing: it exited with code 1 (tries again in 4 s)");
  assert.equal(stateWords({ is: "gave-up", reason: "no space" }), "gave up: no space");
  assert.equal(stateWords("degraded"), "degraded");
});

test("each state has a look, and those that need a person look bad", () => {
  assert.equal(stateLook({ is: "ready" }), "good");
  assert.equal(stateLook({ is: "done" }), "good");
  assert.equal(stateLook({ is: "waiting", for: "links" }), "busy");
  assert.equal(stateLook(FAILED), "bad");
  assert.equal(stateLook("degraded"), "warn");
  assert.equal(stateLook("stopped"), "off");
});

test("a part looks as its worst replica, unless others still serve", () => {
  assert.equal(partLook(part({ is: "ready" }, { is: "ready" })), "good");
  assert.equal(partLook(part({ is: "ready" }, FAILED)), "warn");
  assert.equal(partLook(part(FAILED)), "bad");
  assert.equal(partLook(part({ is: "ready" }, { is: "starting", for: "its port" })), "busy");
  assert.equal(partLook(part()), "off");
  assert.equal(partWords(part({ is: "ready" }, FAILED)), "1 of 2 ready");
  assert.equal(partWords(part({ is: "ready" }, { is: "ready" })), "ready");
  assert.equal(partWords({ external: true, replicas: [] }), "outside Trestle");
});
