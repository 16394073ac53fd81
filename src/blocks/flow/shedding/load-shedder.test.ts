import assert from "node:assert/strict";
import { test } from "node:test";
import type { Priority } from "../../resilience/gate.ts";
import { type Clock, SimulatedClock, seededRandom, systemClock, type Timer } from "../../time/index.ts";
import { cpuShare } from "./cpu-share.ts";
import { eventLoopDelay } from "./event-loop-delay.ts";
import { type LoadShedder, loadShedder } from "./load-shedder.ts";
import type { PressureReading } from "./pressure-reading.ts";
import { queueDelay } from "./queue-delay.ts";

const PRIORITIES = ["background", "low", "normal", "critical"] as const;

/** A process of one thread: work takes time, and timers come only between two pieces of work. */
class BusyClock extends SimulatedClock {
  #nowMs = 0;
  #timers: { dueMs: number; callback: () => void }[] = [];

  override monotonicMs(): number {
    return this.#nowMs;
  }

  override setTimer(delayMs: number, callback: () => void): Timer {
    const timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    const cancel = () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
    return { cancel, unref() {}, ref() {} };
  }

  /** Is kept busy for so long. */
  work(durationMs: number): void {
    this.#nowMs += durationMs;
  }

  /** The loop comes round: what is due is called. */
  turn(): void {
    const due = this.#timers.filter(({ dueMs }) => dueMs <= this.#nowMs);
    this.#timers = this.#timers.filter((one) => !due.includes(one));
    for (const { callback } of due) callback();
  }
}

/**
 * Calls of 1 ms each come in for 30 s, as many of each priority as fill that share of a core. From second 10 on: what share of
 * each entered, the 99th percentile of the loop's turns, and the pressure.
 */
function busy(shedder: LoadShedder, clock: BusyClock, load: Record<Priority, number>, seed: number) {
  const random = seededRandom(seed);
  const came = { background: 0, low: 0, normal: 0, critical: 0 };
  const entered = { ...came };
  const turnsMs: number[] = [];
  const pressures: number[] = [];
  let turnedMs = 0;
  while (clock.monotonicMs() < 30_000) {
    const sinceMs = clock.monotonicMs() - turnedMs;
    turnedMs = clock.monotonicMs();
    if (turnedMs > 10_000) {
      turnsMs.push(sinceMs);
      pressures.push(shedder.pressure);
    }
    clock.turn();
    // What came in during the last turn is read in this one.
    for (const priority of PRIORITIES) {
      for (let left = load[priority] * sinceMs; left > 0; left--) {
        if (left < 1 && random() >= left) continue;
        if (turnedMs > 10_000) came[priority]++;
        if (!shedder.enter(turnedMs, priority)) continue;
        if (turnedMs > 10_000) entered[priority]++;
        clock.work(1);
        shedder.leave(clock.monotonicMs(), turnedMs, "succeeded");
      }
    }
    clock.work(0.5);
  }
  const share = (priority: Priority) => entered[priority] / came[priority];
  turnsMs.sort((one, other) => one - other);
  return {
    shares: PRIORITIES.map(share),
    turnMs: turnsMs[Math.floor(turnsMs.length * 0.99)] ?? 0,
    pressures,
  };
}

const LOAD = { background: 0.5, low: 0.4, normal: 0.5, critical: 0.6 };

test("a process with twice the work it can do stays quick and serves the urgent", () => {
  for (const seed of [1, 2, 3]) {
    const clock = new BusyClock();
    const shedder = loadShedder({ clock, random: seededRandom(seed + 100) });
    const { shares, turnMs, pressures } = busy(shedder, clock, LOAD, seed);
    const [background = 0, low = 0, normal = 0, critical = 0] = shares;
    assert.ok(turnMs < 100, `p99 of turns ${turnMs} ms`);
    assert.ok(critical > 0.99, `critical ${critical}`);
    assert.ok(normal > 0.4 && normal < 0.9, `normal ${normal}`);
    assert.ok(low < 0.1 && background < 0.01, `low ${low}, background ${background}`);
    // It feels its way about the pressure that is right (about 0.6), and never lets all in to shed them again.
    const [least, most] = [Math.min(...pressures), Math.max(...pressures)];
    assert.ok(least > 0.35 && most < 0.85, `pressure from ${least} to ${most}`);
  }
});

test("without it, the same work makes every turn longer than the one before", () => {
  const clock = new BusyClock();
  const open = loadShedder({ clock });
  open.close();
  const { shares, turnMs } = busy(open, clock, LOAD, 1);
  assert.deepEqual(shares, [1, 1, 1, 1]);
  assert.ok(turnMs > 5_000, `${turnMs} ms`);
});

test("a process that has time for all sheds nobody, for all that it pauses for 100 ms every other second", () => {
  const clock = new BusyClock();
  const shedder = loadShedder({ clock });
  for (let second = 0; second < 60; second += 2) {
    for (let step = 0; step < 190; step++) {
      clock.work(10);
      clock.turn();
      assert.ok(shedder.enter(clock.monotonicMs(), "background"));
    }
    clock.work(100);
    clock.turn();
  }
  assert.equal(shedder.pressure, 0);
});

/** A reading that a test sets. */
function given(startsAt = 30, allButCriticalAt = 100): PressureReading & { value: number } {
  const reading = { name: "given", startsAt, allButCriticalAt, value: 0, sample: () => reading.value };
  return reading;
}

test("the worst reading counts; at its second threshold all enter who are critical, and nobody else", async () => {
  const clock = new SimulatedClock();
  const [calm, bad] = [given(), given()];
  const shedder = loadShedder({ readings: [calm, bad], clock });
  const enters = () => PRIORITIES.map((priority) => shedder.enter(clock.monotonicMs(), priority));
  assert.deepEqual(enters(), [true, true, true, true]);
  bad.value = 100;
  for (let second = 0; second < 20; second++) {
    await clock.advance(1_000);
    enters();
  }
  assert.ok(Math.abs(shedder.pressure - 0.75) < 0.001);
  assert.deepEqual(enters(), [false, false, false, true]);
  assert.ok(shedder.retryAfterMs >= 7_400);
  bad.value = Number.POSITIVE_INFINITY;
  await clock.advance(2_000);
  assert.deepEqual(enters(), [false, false, false, false]);
  bad.value = Number.NaN;
  for (let second = 0; second < 13; second++) {
    await clock.advance(1_000);
    enters();
  }
  assert.equal(shedder.pressure, 0);
  assert.deepEqual(enters(), [true, true, true, true]);
  shedder.close();
});

test("lots are drawn evenly: at half a priority's share half of it enters", async () => {
  const clock = new SimulatedClock();
  const reading = given(0, 75);
  const shedder = loadShedder({ readings: [reading], clock, random: seededRandom(9) });
  shedder.enter(0, "normal");
  reading.value = 37.5;
  for (let second = 0; second < 4; second++) {
    await clock.advance(4_000);
    shedder.enter(clock.monotonicMs(), "normal");
  }
  let entered = 0;
  for (let count = 0; count < 10_000; count++) if (shedder.enter(clock.monotonicMs(), "low")) entered++;
  assert.ok(Math.abs(entered - 5_000) < 200, `${entered}`);
  shedder.close();
});

test("nothing runs until somebody asks, nothing keeps the process alive, and it rests when nobody asks", async () => {
  const clock = new SimulatedClock();
  let samples = 0;
  const reading = { ...given(), sample: () => ++samples * 0 };
  const shedder = loadShedder({ readings: [reading], clock });
  await clock.advance(10_000);
  assert.equal(samples, 0);
  shedder.enter(0, "normal");
  assert.equal(clock.pendingTimers, 0);
  await clock.advance(1_000);
  assert.equal(samples, 50);
  await clock.advance(60_000);
  assert.ok(samples <= 251, `${samples}`);
  const before = samples;
  shedder.enter(0, "normal");
  await clock.advance(1_000);
  assert.equal(samples, before + 50);
  shedder.close();
  shedder.close();
  shedder.enter(0, "normal");
  await clock.advance(1_000);
  assert.equal(samples, before + 50);
});

test("a loop that is really kept busy is felt, and no longer held against it once it rests", async () => {
  const clock: Clock = systemClock;
  using shedder = loadShedder({ readings: [eventLoopDelay()], recoveryMs: 50 });
  shedder.enter(clock.monotonicMs(), "normal");
  const untilMs = clock.monotonicMs() + 900;
  while (clock.monotonicMs() < untilMs) {
    const workedMs = clock.monotonicMs() + 150;
    while (clock.monotonicMs() < workedMs);
    await new Promise((resolve) => setTimeout(resolve, 0));
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(shedder.pressure > 0.25, `${shedder.pressure}`);
  assert.equal(shedder.enter(clock.monotonicMs(), "background"), false);
  // How soon depends on what else this machine does.
  while (!shedder.enter(clock.monotonicMs(), "background"))
    await new Promise((resolve) => setTimeout(resolve, 20));
});

test("the share of the processor is what was used of the cores that there are", () => {
  let us = 1_000;
  const reading = cpuShare({ cores: 2, usage: () => ({ user: us, system: us / 2 }) });
  reading.begin?.();
  us += 10_000;
  assert.equal(reading.sample({ elapsedMs: 10, latenessMs: 0 }), 0.75);
  assert.equal(reading.sample({ elapsedMs: 10, latenessMs: 0 }), 0);
  const real = cpuShare({ cores: 1 });
  real.begin?.();
  const { user, system } = process.cpuUsage();
  for (let used = process.cpuUsage(); used.user + used.system < user + system + 5_000; )
    used = process.cpuUsage();
  // Of processor time, not of a time that other processes take a part of.
  assert.ok(real.sample({ elapsedMs: 10, latenessMs: 0 }) >= 0.5);
});

test("a reading that throws says that nothing is wrong, and one that closes the shedder leaves no timer", async () => {
  const clock = new SimulatedClock();
  let value = 1_000;
  let isBroken = false;
  const thresholds = { startsAt: 10, allButCriticalAt: 50 };
  const sample = () => {
    if (isBroken) throw new Error("the sensor is gone");
    if (value < 0) shedder.close();
    return value;
  };
  const shedder = loadShedder({
    readings: [{ name: "sensor", ...thresholds, sample }],
    recoveryMs: 1_000,
    clock,
  });
  shedder.enter(0, "normal");
  await clock.advance(2_000);
  assert.equal(shedder.pressure, 1);
  isBroken = true;
  shedder.enter(0, "normal");
  await clock.advance(4_000);
  assert.equal(shedder.pressure, 0);
  isBroken = false;
  value = -1;
  shedder.enter(0, "normal");
  await clock.advance(20);
  let samples = 0;
  value = 0;
  shedder.enter(0, "normal");
  const { setTimer } = clock;
  clock.setTimer = (delayMs, callback) => {
    samples++;
    return setTimer.call(clock, delayMs, callback);
  };
  await clock.advance(1_000);
  assert.equal(samples, 0);
});

test("the wait of a queue is a reading", () => {
  const reading = queueDelay({ oldestWaitMs: 12 });
  assert.equal(reading.sample({ elapsedMs: 20, latenessMs: 0 }), 12);
  assert.deepEqual([reading.startsAt, reading.allButCriticalAt], [10, 50]);
});

test("options that cannot be are refused by name", () => {
  assert.throws(() => loadShedder({ readings: [] }), /readings/);
  assert.throws(() => loadShedder({ recoveryMs: 0 }), /recoveryMs/);
  assert.throws(() => loadShedder({ readings: [eventLoopDelay({ startsAt: -1 })] }), /startsAt/);
  assert.throws(() => loadShedder({ readings: [eventLoopDelay({ startsAt: 100 })] }), /allButCriticalAt/);
  assert.throws(() => cpuShare({ cores: 0 }), /cores/);
});
