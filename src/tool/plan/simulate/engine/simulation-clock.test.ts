import assert from "node:assert/strict";
import { test } from "node:test";
import { circuitBreaker, policy, retry, timeout } from "../../../../blocks/resilience/index.ts";
import { SharedTimeouts, SimulatedClock, seededRandom, Timeout } from "../../../../blocks/time/index.ts";
import { settled } from "../../../../blocks/time/simulated-clock.ts";
import { Simulation } from "./simulation.ts";
import { SimulationClock } from "./simulation-clock.ts";

/** A dependency that answers after 20 ms, fails each third time, and hangs each seventh. */
async function story(seed: number): Promise<{ log: string[]; events: number; pendingTimers: number }> {
  const simulation = new Simulation();
  const clock = new SimulationClock(simulation);
  const calls = policy(retry({ attempts: 3 }), circuitBreaker({}), timeout(100)).with({
    clock,
    random: seededRandom(seed),
  });
  const log: string[] = [];
  let attempts = 0;
  const dependency = () => {
    const { promise, resolve, reject } = clock.deferred<string>();
    const attempt = ++attempts;
    if (attempt % 7 === 0) return promise;
    simulation.after(20, {
      happen: () => (attempt % 3 === 0 ? reject(new Error("no")) : resolve(`attempt ${attempt}`)),
    });
    return promise;
  };
  for (let request = 0; request < 30; request++) {
    simulation.after(request * 37, {
      happen: () => {
        void clock.begin(async () => {
          const { kind } = await calls.settle(dependency);
          log.push(`${request} ${kind} at ${simulation.nowMs}`);
        });
      },
    });
  }
  assert.equal(await simulation.runWithPromises(settled), "idle");
  return { log, events: simulation.events, pendingTimers: clock.pendingTimers };
}

test("policies as they are run in simulated time, the same each time", async () => {
  const first = await story(1);
  assert.equal(first.log.length, 30);
  assert.equal(first.pendingTimers, 0);
  assert.ok(
    first.log.some((line) => line === "0 done at 20"),
    first.log.join("\n"),
  );
  assert.deepEqual(await story(1), first);
  assert.notDeepEqual((await story(2)).log, first.log, "jitter is drawn from the seed");
});

test("timers fire as those of the simulated clock of tests do", async () => {
  const scene = async (clock: SimulatedClock | SimulationClock, advance: () => Promise<unknown>) => {
    const log: string[] = [];
    const note = (what: string) => log.push(`${what} at ${clock.monotonicMs()}`);
    clock.setTimer(5, () => note("second of five"));
    clock.setTimer(0, () => note("at once"));
    const cancelled = clock.setTimer(3, () => note("never"));
    clock.setTimer(5, () => note("third of five"));
    clock.setTimer(2, () => cancelled.cancel());
    void clock
      .sleep(4)
      .then(() => clock.sleep(1))
      .then(() => note("slept twice"));
    const controller = new AbortController();
    const reason = new Error("enough");
    void clock
      .sleep(50, { signal: controller.signal })
      .catch((thrown) => note(thrown === reason ? "woken" : "?"));
    clock.setTimer(6, () => controller.abort(reason));
    await clock.sleep(1, { signal: AbortSignal.abort(reason) }).catch(() => note("never slept"));
    await advance();
    cancelled.cancel();
    assert.equal(clock.pendingTimers, 0);
    return { log, wallMs: clock.wallMs() };
  };
  const simulated = new SimulatedClock();
  const simulation = new Simulation();
  assert.deepEqual(
    await scene(new SimulationClock(simulation), () => simulation.runWithPromises(settled, 100)),
    await scene(simulated, () => simulated.advance(100)),
  );
});

test("promises that an event settles have run their course before the next event, though it is of the same time", async () => {
  const simulation = new Simulation();
  const clock = new SimulationClock(simulation);
  const log: string[] = [];
  const { promise, resolve } = clock.deferred<void>();
  void (async () => {
    await promise;
    for (let hop = 0; hop < 100; hop++) await undefined;
    log.push("a hundred hops later");
  })();
  simulation.at(1, { happen: () => resolve() });
  simulation.at(1, { happen: () => void log.push("the next event") });
  await simulation.runWithPromises(settled);
  assert.deepEqual(log, ["a hundred hops later", "the next event"]);
});

test("a run that does not wait for promises refuses to go on where some may have settled", () => {
  const simulation = new Simulation();
  const clock = new SimulationClock(simulation);
  clock.setTimer(1, () => {});
  assert.throws(() => simulation.run(), /runWithPromises/);
});

test("blocks that only call back run without such waits where the clock is told so", () => {
  const simulation = new Simulation();
  const clock = new SimulationClock(simulation, { promises: false, startMs: 1_000 });
  const timeouts = new SharedTimeouts(clock, 10);
  const log: number[] = [];
  class Noted extends Timeout {
    expired(): void {
      log.push(simulation.nowMs);
    }
  }
  const [first, stopped, last] = [new Noted(), new Noted(), new Noted()];
  timeouts.start(first);
  timeouts.start(stopped);
  simulation.at(4, { happen: () => timeouts.stop(stopped) });
  simulation.at(5, { happen: () => timeouts.start(last) });
  assert.equal(simulation.run(), "idle");
  assert.deepEqual(log, [10, 15]);
  assert.equal(clock.wallMs(), 1_015);
});
