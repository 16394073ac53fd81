import assert from "node:assert/strict";
import { test } from "node:test";
import { boardOfModel } from "../board.ts";
import { demoModel } from "../testing/demo-model.ts";
import { shownAfter } from "../testing/memory-screen.ts";
import { MemoryOutput, MemoryTerminal } from "../testing/memory-terminal.ts";
import { ended, log, ready, starting, waiting } from "../testing/part-events.ts";
import { LiveScreen } from "./live-screen.ts";

function live(options: { rows?: number } = {}) {
  const terminal = new MemoryTerminal({ out: new MemoryOutput({ isTerminal: true }) });
  const { out, clock } = terminal;
  out.rows = options.rows ?? 30;
  const screen = new LiveScreen({
    out,
    clock,
    board: boardOfModel(demoModel, clock.wallMs()),
    title: "shortener: starting",
    phase: "starting",
    goesOn: "Ctrl-C stops it.",
    logs: false,
  });
  const shown = () => shownAfter(out.text, out.columns).map((line) => line.trimEnd());
  return { screen, clock, shown };
}

test("while a system starts, each process has one line that says whom it waits for, or what is missing", async () => {
  const { screen, clock, shown } = live();
  const now = clock.wallMs();
  screen.event(starting("links", "port 20000 to open", now));
  screen.event(starting("hot", "its process to start", now));
  await clock.advance(400);
  screen.event(ready("hot", now + 400));
  screen.event(waiting("shortener.1", "links", now + 400));
  screen.event(waiting("shortener.2", "links", now + 400));
  screen.event(waiting("front", "shortener", now + 400));
  await clock.advance(2_000);
  const spinner = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g;
  assert.deepEqual(
    shown().map((line) => line.replace(spinner, "*")),
    [
      "shortener: starting",
      "",
      "  * links        database  starting: waits for port 20000 to open (2 s)",
      "  ✔ hot          cache     ready after 0.4 s",
      "  · shortener.1  service   waits for links",
      "  · shortener.2  service   waits for links",
      "  · front        edge      waits for shortener",
      "",
    ],
  );
  screen.close();
});

test("a process that failed shows its reason and its last lines in its place", async () => {
  const { screen, clock, shown } = live();
  const now = clock.wallMs();
  screen.event(log("shortener.1", "\x1b[2JError: no config\r", now));
  screen.event(ended("shortener.1", { reason: "exited with code 1", retryInMs: 200 }, now));
  await clock.advance(100);
  assert.deepEqual(shown().slice(4, 6), [
    "  ✖ shortener.1  service   exited with code 1; starts again in 0.1 s",
    "    │ Error: no config",
  ]);
  screen.close();
});

test("once ready, the addresses and what to try are shown, and only news follows", async () => {
  const { screen, clock, shown } = live();
  const now = clock.wallMs();
  for (const replica of ["links", "hot", "shortener.1", "shortener.2", "front"]) {
    screen.event(ready(replica, now));
  }
  screen.ready({
    tookMs: 1_432,
    urls: [{ part: "front", url: "http://127.0.0.1:8080" }],
    tries: ["curl -i http://127.0.0.1:8080/"],
  });
  const before = shown().length;
  assert.deepEqual(shown().slice(7), [
    "",
    "Ready in 1.4 s.",
    "",
    "  front  http://127.0.0.1:8080",
    "  try    curl -i http://127.0.0.1:8080/",
    "  logs   trestle logs -f",
    "",
    "Ctrl-C stops it.",
    "",
    "",
  ]);
  screen.event(starting("shortener.1", "port 1 to open", now));
  screen.event(ended("shortener.1", { reason: "was killed by SIGKILL", retryInMs: 100 }, now));
  await clock.advance(5_000);
  assert.equal(shown().length, before + 1);
  assert.match(
    shown().at(-2) ?? "",
    /^\d\d:\d\d:\d\d shortener\.1: was killed by SIGKILL; starts again in 0\.1 s$/,
  );
  screen.close();
});

test("while a system stops, one line says whom it waits for, and it is gone at the end", async () => {
  const { screen, clock, shown } = live();
  const now = clock.wallMs();
  screen.event({ type: "system", state: "starting", timeMs: now });
  screen.ready({ tookMs: 1, urls: [], tries: [] });
  const before = shown().length;
  screen.event({ type: "system", state: "stopping", timeMs: now });
  screen.event({ type: "part", part: "front", replica: "front", state: { is: "stopping" }, timeMs: now });
  screen.event({
    type: "part",
    part: "shortener",
    replica: "shortener.2",
    state: { is: "stopping" },
    timeMs: now,
  });
  await clock.advance(100);
  assert.match(shown().at(-2) ?? "", /stopping: waiting for shortener\.2 and front to end$/);
  screen.close();
  assert.equal(shown().length, before);
  assert.equal(clock.pendingTimers, 0);
});

test("on a small screen those that are ready make room", async () => {
  const { screen, clock, shown } = live({ rows: 5 });
  const now = clock.wallMs();
  for (const replica of ["links", "hot"]) screen.event(ready(replica, now));
  await clock.advance(100);
  assert.deepEqual(
    shown()
      .slice(2, -1)
      .map((line) => line.trim().split(/ +/)[1]),
    ["shortener.1", "shortener.2", "front", "2"],
  );
  screen.close();
});

test("a closed screen leaves no timer behind", async () => {
  const { screen, clock } = live();
  screen.event({ type: "system", state: "starting", timeMs: clock.wallMs() });
  assert.equal(clock.pendingTimers, 1);
  await clock.advance(1_000);
  screen.close();
  screen.close();
  assert.equal(clock.pendingTimers, 0);
});

test("of a system that could not even begin to start, nothing is shown", () => {
  const { screen, shown } = live();
  screen.close();
  assert.deepEqual(shown(), [""]);
});
