import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { SimulatedClock, seededRandom } from "../../../blocks/time/index.ts";
import type { AccessLogConfig } from "../config/index.ts";
import { AccessLog, openAccessLog } from "./access-log.ts";
import { EdgeMetrics } from "./metrics.ts";
import { MemoryTarget } from "./testing/memory-target.ts";
import { record } from "./testing/records.ts";

async function folder() {
  const path = await mkdtemp(join(tmpdir(), "access-log-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

function scene(config: Omit<AccessLogConfig, "to"> = {}) {
  const clock = new SimulatedClock();
  const target = new MemoryTarget(256 * 1024);
  const log = new AccessLog({ to: "memory", ...config }, target, clock, seededRandom(1));
  return { clock, target, log };
}

const targetsIn = (text: string): string[] =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line).target);

test("each request that is over is a line, with the wall time of its end", async () => {
  const { clock, target, log } = scene();
  await clock.advance(1_234);
  log.exchangeDone(record());
  await log.close();
  const [line = ""] = target.lines;
  assert.equal(target.lines.length, 1);
  assert.equal(JSON.parse(line).time, "2026-01-01T00:00:01.234Z");
});

test("a share of the ordinary requests is logged, and all that failed, were cut, or were slow", async () => {
  const { target, log } = scene({ share: 0.1, slowMs: 50 });
  for (let at = 0; at < 10_000; at++) log.exchangeDone(record({ durationMs: 50 }));
  for (const matters of [
    { status: 500 },
    { status: 599 },
    { outcome: "cut" },
    { durationMs: 50.1 },
  ] as const) {
    for (let at = 0; at < 100; at++) log.exchangeDone(record({ ...matters, target: "/matters" }));
  }
  await log.close();
  const targets = targetsIn(target.text);
  assert.equal(targets.filter((one) => one === "/matters").length, 400);
  const ordinary = targets.length - 400;
  assert.ok(ordinary > 900 && ordinary < 1_100, `${ordinary} of 10,000`);
});

test("a share of nothing logs nothing, but what failed; and not even that when it is told not to", async () => {
  const { target, log } = scene({ share: 0 });
  log.exchangeDone(record());
  log.exchangeDone(record({ status: 503, target: "/failed" }));
  log.configure({ to: "memory", share: 0, always: false });
  log.exchangeDone(record({ status: 503 }));
  log.configure({ to: "memory" });
  log.exchangeDone(record({ target: "/all" }));
  await log.close();
  assert.deepEqual(targetsIn(target.text), ["/failed", "/all"]);
});

test("lines and dropped lines are metrics", async () => {
  const { target, log } = scene();
  target.isHeld = true;
  for (let at = 0; at < 3; at++) log.exchangeDone(record());
  let { trestle_edge_access_log_lines, trestle_edge_access_log_lines_dropped } = new EdgeMetrics([
    log,
  ]).snapshot();
  assert.deepEqual(trestle_edge_access_log_lines, [{ labels: [], values: [3] }]);
  assert.deepEqual(trestle_edge_access_log_lines_dropped, [{ labels: [], values: [0] }]);
  target.release();
  await log.close();
  log.exchangeDone(record());
  ({ trestle_edge_access_log_lines_dropped } = new EdgeMetrics([log]).snapshot());
  assert.deepEqual(trestle_edge_access_log_lines_dropped, [{ labels: [], values: [1] }]);
});

test("a file is appended to, and another one begun when the first was moved away", async () => {
  await using place = await folder();
  const to = join(place.path, "access.log");
  const options = { clock: new SimulatedClock(), random: seededRandom(1) };
  for (const target of ["/1", "/2"]) {
    const log = await openAccessLog({ to }, options);
    log.exchangeDone(record({ target }));
    await log.close();
  }
  const log = await openAccessLog({ to }, options);
  log.exchangeDone(record({ target: "/3" }));
  await rename(to, `${to}.1`);
  assert.equal(await log.reopen(), true);
  log.exchangeDone(record({ target: "/4" }));
  await log.close();
  assert.deepEqual(targetsIn(await readFile(`${to}.1`, "utf8")), ["/1", "/2", "/3"]);
  assert.deepEqual(targetsIn(await readFile(to, "utf8")), ["/4"]);
  assert.equal((await stat(to)).mode & 0o007, 0, "others cannot read who asked for what");
});

test("a file that cannot be opened again leaves the log where it is", async () => {
  await using place = await folder();
  const inner = join(place.path, "logs");
  await mkdir(inner);
  const log = await openAccessLog(
    { to: join(inner, "access.log") },
    { clock: new SimulatedClock(), random: seededRandom(1) },
  );
  await rename(inner, `${inner}.old`);
  assert.equal(await log.reopen(), false);
  log.exchangeDone(record({ target: "/still" }));
  await log.close();
  assert.deepEqual(targetsIn(await readFile(join(`${inner}.old`, "access.log"), "utf8")), ["/still"]);
});

test("a file that cannot be written is a mistake of the configuration, and is named", async () => {
  const options = { clock: new SimulatedClock(), random: seededRandom(1) };
  await assert.rejects(openAccessLog({ to: "/nowhere/at/all.log" }, options), {
    code: "INVALID_CONFIG",
    message: "accessLog.to is /nowhere/at/all.log, which cannot be written (ENOENT)",
  });
});

/** A process that logs 20,000 requests to its standard output, then closes the log and ends; its timers run ten times as fast. */
function loggingProcess() {
  const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const program = `
    const { openAccessLog } = await import(${url("access-log.ts")});
    const { record } = await import(${url("testing/records.ts")});
    const { systemClock, systemRandom } = await import(${url("../../../blocks/time/index.ts")});
    const setTimer = (delayMs, callback) => systemClock.setTimer(delayMs / 10, callback);
    const clock = { ...systemClock, setTimer };
    const log = await openAccessLog({ to: "stdout" }, { clock, random: systemRandom });
    for (let at = 0; at < 20_000; at++) {
      log.exchangeDone(record({ target: "/" + at }));
      if (at % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    process.stderr.write("logged\\n");
    await log.close();
    process.exit(0);`;
  return spawn(process.execPath, ["--input-type=module", "-e", program], {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    stdio: ["ignore", "pipe", "pipe"],
  });
}

test("standard output that nobody reads holds up neither the process nor its end", async () => {
  const child = loggingProcess();
  child.stdout.pause();
  await once(child.stderr, "data");
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
  child.stdout.destroy();
});

test("standard output gets every line, or is told how many it lacks", async () => {
  const child = loggingProcess();
  child.stderr.resume();
  let text = "";
  for await (const chunk of child.stdout.setEncoding("utf8")) text += chunk;
  let dropped = 0;
  let lines = 0;
  for (const line of text.split("\n").slice(0, -1)) {
    const read = JSON.parse(line);
    if (read.dropped) dropped += read.dropped;
    else lines += 1;
  }
  assert.equal(lines + dropped, 20_000);
  assert.ok(lines > 1_000);
});
