import assert from "node:assert/strict";
import { test } from "node:test";
import { demoSnapshot } from "../testing/demo-snapshot.ts";
import { MemoryTerminal } from "../testing/memory-terminal.ts";
import { log, ready } from "../testing/part-events.ts";
import { JsonScreen } from "./json-screen.ts";

test("every line is an event as it is, and once the system is ready a snapshot of it", () => {
  const { out, clock } = new MemoryTerminal();
  const screen = new JsonScreen({ out, clock, logs: false });
  screen.event(ready("hot", 5));
  screen.event(log("hot", "hello", 6));
  screen.ready({ tookMs: 1_432.4, urls: [], tries: [] }, demoSnapshot);
  screen.remark();
  assert.deepEqual(
    out.lines.map((line) => JSON.parse(line)),
    [ready("hot", 5), { timeMs: clock.wallMs(), type: "ready", tookMs: 1432, snapshot: demoSnapshot }],
  );
});

test("log lines are among them when they are asked for", () => {
  const { out, clock } = new MemoryTerminal();
  new JsonScreen({ out, clock, logs: true }).event(log("hot", "hello", 6));
  assert.deepEqual(JSON.parse(out.text), log("hot", "hello", 6));
});
