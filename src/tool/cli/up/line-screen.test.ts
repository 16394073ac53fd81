import assert from "node:assert/strict";
import { test } from "node:test";
import { boardOfModel } from "../board.ts";
import { demoModel } from "../testing/demo-model.ts";
import { MemoryTerminal } from "../testing/memory-terminal.ts";
import { ended, log, part, ready, starting, waiting } from "../testing/part-events.ts";
import { LineScreen } from "./line-screen.ts";

function plainScreen(options: { logs?: boolean } = {}) {
  const { out, clock } = new MemoryTerminal();
  const screen = new LineScreen({
    out,
    clock,
    board: boardOfModel(demoModel, clock.wallMs()),
    title: "shortener: starting",
    phase: "starting",
    goesOn: "Ctrl-C stops it.",
    logs: options.logs ?? false,
  });
  /** The lines since the title, without their times. */
  const lines = () => out.lines.slice(1).map((line) => line.replace(/^\d\d:\d\d:\d\d /, ""));
  return { screen, lines, out };
}

test("not on a terminal, each change is one plain line, without an escape", () => {
  const { screen, lines, out } = plainScreen();
  screen.event(waiting("shortener.1", "links", 0));
  screen.event(starting("links", "port 20000 to open", 0));
  screen.event(ready("links", 800));
  screen.event({ type: "notice", part: "links", message: "migration 1.sql applied in 5 ms", timeMs: 800 });
  assert.deepEqual(lines(), [
    "shortener.1: waits for links",
    "links: starting: waits for port 20000 to open",
    "links: ready after 0.8 s",
    "links: migration 1.sql applied in 5 ms",
  ]);
  assert.ok(!out.text.includes("\x1b"));
});

test("a failure comes with the last lines of the log, the crash loop is said once, and then there is quiet", () => {
  const { screen, lines } = plainScreen();
  const failure = { reason: "exited with code 1", retryInMs: 100 };
  screen.event(log("shortener.1", "Error: no config", 0));
  for (let n = 0; n < 4; n++) screen.event(ended("shortener.1", failure, n));
  for (let n = 0; n < 10; n++) {
    screen.event(starting("shortener.1", "its process to start", n));
    screen.event(ended("shortener.1", { ...failure, looping: true, retryInMs: 30_000 }, n));
  }
  assert.deepEqual(lines(), [
    "shortener.1: exited with code 1; starts again in 0.1 s",
    "    │ Error: no config",
    "shortener.1: exited with code 1; starts again in 0.1 s",
    "shortener.1: exited with code 1; starts again in 0.1 s",
    "shortener.1: exited with code 1; starts again in 0.1 s",
    "shortener.1: starting: waits for its process to start",
    "shortener.1: crash loop: exited with code 1, again and again; next try in 30 s",
    "    │ Error: no config",
  ]);
  screen.event(ready("shortener.1", 50));
  assert.match(lines().at(-1) ?? "", /^shortener\.1: ready/);
});

test("a task that failed says how it is tried again", () => {
  const { screen, lines } = plainScreen();
  screen.event(part("seed", { is: "gave-up", reason: "exited with code 3" }, 0));
  assert.deepEqual(lines(), [
    "seed: failed: exited with code 3",
    "  when it is mended: trestle restart seed",
  ]);
});

test("log lines appear when they are asked for, and not otherwise", () => {
  const quiet = plainScreen();
  quiet.screen.event(log("hot", "hello", 0));
  assert.deepEqual(quiet.lines(), []);
  const full = plainScreen({ logs: true });
  full.screen.event(log("hot", "hello", 0));
  assert.deepEqual(full.lines(), ["hot │ hello"]);
});
