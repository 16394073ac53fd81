import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, type TestContext, test } from "node:test";
import { SimulatedClock, systemClock } from "../../../../blocks/time/index.ts";
import { onLinux } from "../../process-identity.ts";
import { memoryOf } from "../../sessions.ts";
import { until } from "../../testdata/stage.ts";
import type { MetricWriter, OwnSample } from "../metric-reader.ts";
import { openFiles, processUse, waitedSeconds } from "./proc-reader.ts";
import { OWN_PART, SAMPLE_EVERY_MS, UsageSampler } from "./usage-sampler.ts";

const skip = onLinux ? false : "only Linux tells of other processes";

/** A writer that remembers. */
function recorder() {
  const samples: OwnSample[] = [];
  const writer: MetricWriter = {
    gauge: (sample) => void samples.push(sample),
    counter: () => assert.fail("usage is told by gauges"),
    observe: () => assert.fail("usage is told by gauges"),
  };
  const values = (name: string, replica: string) =>
    samples.filter((sample) => sample.name === name && sample.replica === replica).map(({ value }) => value);
  return { samples, writer, values };
}

/** A process in a session of its own, ended after the test. */
function start(t: TestContext, command: string, ...args: string[]): number {
  const child = spawn(command, args, { detached: true, stdio: "ignore" });
  const { pid } = child;
  assert.ok(pid);
  t.after(() => process.kill(-pid, "SIGKILL"));
  return pid;
}

function partOf(...replicas: [id: string, pid: number][]) {
  return () => [{ name: "api", keepers: replicas.map(([id, pid]) => ({ job: { id }, child: { pid } })) }];
}

describe("what a process uses", { skip }, () => {
  test("agrees with what the machine says elsewhere", () => {
    const use = processUse(process.pid);
    assert.ok(use);
    assert.equal(use.parent, process.ppid);
    const { user, system } = process.cpuUsage();
    assert.ok(Math.abs(use.ownCpuSeconds - (user + system) / 1e6) < 0.1, `${use.ownCpuSeconds}`);
    const resident = memoryOf(process.pid) ?? 0;
    assert.ok(Math.abs(use.memoryBytes - resident) < 0.1 * resident, `${use.memoryBytes} of ${resident}`);
    const text = readFileSync("/proc/self/stat", "latin1");
    const started = text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
    assert.equal(String(use.startTicks), started);
    assert.ok(use.threads > 1);
    assert.ok((openFiles(process.pid) ?? 0) > 3);
    assert.ok((waitedSeconds(process.pid) ?? -1) >= 0);
  });

  test("is unknown of a process that is not there", () => {
    assert.equal(processUse(2 ** 22 + 1), undefined);
    assert.equal(waitedSeconds(2 ** 22 + 1), undefined);
    assert.equal(openFiles(2 ** 22 + 1), undefined);
  });

  test("is read past a name that holds spaces and parentheses", async (t) => {
    const pid = start(t, process.execPath, "-e", "process.title = 'a) R 1 (b c'; setInterval(() => {}, 1e9)");
    await until("its name", () => readFileSync(`/proc/${pid}/comm`, "latin1").startsWith("a) R"));
    assert.equal(processUse(pid)?.parent, process.pid);
    assert.equal(processUse(pid)?.session, pid);
  });
});

describe("the sampler", { skip }, () => {
  test("tells a busy replica, whose work a child does, from an idle one", async (t) => {
    const busy = start(t, "/bin/sh", "-c", "sh -c 'while :; do :; done' & wait");
    const idle = start(t, "sleep", "60");
    const { writer, values } = recorder();
    const parts = partOf(["api.1", busy], ["api.2", idle]);
    const sampler = new UsageSampler({ clock: systemClock, writer, parts });
    sampler.sample();
    assert.equal(sampler.usageOf("api.1")?.cpu, undefined);
    await until("its work", () => {
      sampler.sample();
      return (sampler.usageOf("api.1")?.cpu ?? 0) > 0.1;
    });
    assert.ok((sampler.usageOf("api.2")?.cpu ?? 1) < 0.1);
    assert.ok((sampler.usageOf("api.2")?.memoryBytes ?? 0) > 0);
    assert.ok((values("process.cpu.utilization", "api.1").at(-1) ?? 0) > 0.1);
    assert.ok(values("process.memory.usage", OWN_PART).every((bytes) => bytes > 10_000_000));
    assert.ok((values("process.unix.file_descriptor.count", OWN_PART)[0] ?? 0) > 3);
  });

  test("counts the work of children that have ended, and no work twice", async (t) => {
    const pid = start(
      t,
      "/bin/sh",
      "-c",
      "sleep 0.2; i=0; while [ $i -lt 300 ]; do /bin/true; i=$((i+1)); done; sleep 60",
    );
    const clock = new SimulatedClock();
    const { writer, values } = recorder();
    const sampler = new UsageSampler({ clock, writer, parts: partOf(["api.1", pid]) });
    sampler.sample();
    const used = () => processUse(pid)?.cpuSeconds ?? 0;
    let before = -1;
    await until("the end of its work", async () => {
      const now = used();
      const over = now > 0 && now === before;
      before = now;
      await systemClock.sleep(200);
      return over;
    });
    await clock.advance(1_000);
    sampler.sample();
    const told = values("process.cpu.utilization", "api.1")[0] ?? 0;
    assert.ok(Math.abs(told - used()) <= 0.03, `${told} for ${used()} s`);
    await clock.advance(1_000);
    sampler.sample();
    assert.equal(values("process.cpu.utilization", "api.1")[1], 0);
  });

  test("forgets a replica that is gone, and begins anew with the process that follows it", async (t) => {
    const first = start(t, "sleep", "60");
    const second = start(t, "sleep", "60");
    const clock = new SimulatedClock();
    const now: [id: string, pid: number][] = [["api.1", first]];
    const { writer, values } = recorder();
    const sampler = new UsageSampler({ clock, writer, parts: () => partOf(...now)() });
    sampler.start();
    await clock.advance(SAMPLE_EVERY_MS);
    assert.equal(values("process.cpu.utilization", "api.1").length, 1);
    now[0] = ["api.1", second];
    await clock.advance(SAMPLE_EVERY_MS);
    assert.equal(sampler.usageOf("api.1")?.cpu, undefined);
    assert.ok(sampler.usageOf("api.1"));
    now.length = 0;
    await clock.advance(SAMPLE_EVERY_MS);
    assert.equal(sampler.usageOf("api.1"), undefined);
    assert.equal(clock.pendingTimers, 0);
    sampler.close();
    const count = values("process.memory.usage", OWN_PART).length;
    await clock.advance(10 * SAMPLE_EVERY_MS);
    assert.equal(values("process.memory.usage", OWN_PART).length, count);
  });
});
