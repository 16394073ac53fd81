import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SimulatedClock, seededRandom } from "../../time/index.ts";
import { Circuit, type Pass } from "./circuit.ts";
import type { CircuitStore } from "./circuit-store.ts";
import { consecutiveFailures } from "./consecutive-failures.ts";
import { SharedCircuit } from "./shared-circuit.ts";
import { FaultyCircuitStore, type StoreFault } from "./testing/faulty-circuit-store.ts";
import { MemoryCircuitStore } from "./testing/memory-circuit-store.ts";

const REFRESH_MS = 50;
const OPEN_MS = 500;
const TRIALS = 3;

/** One process: a circuit that shares, and what it heard. */
class Process {
  readonly circuit = new Circuit({
    trip: consecutiveFailures(5),
    openMs: OPEN_MS,
    trials: TRIALS,
    trialMs: 2_000,
  });
  readonly heard: string[] = [];
  readonly #shared: SharedCircuit;
  readonly #clock: SimulatedClock;
  readonly #random: () => number;

  constructor(store: CircuitStore, clock: SimulatedClock, seed: number) {
    this.#shared = new SharedCircuit(this.circuit, { store, key: "prices", refreshMs: REFRESH_MS });
    this.#clock = clock;
    this.#random = seededRandom(seed);
  }

  begin(): Pass | undefined {
    const before = this.circuit.position;
    const pass = this.#shared.admit(this.#clock.monotonicMs(), this.#random, (from) =>
      this.heard.push(`${from} to ${this.circuit.position}`),
    );
    this.#look(before);
    return pass;
  }

  end(pass: Pass, how: "succeeded" | "failed"): void {
    const before = this.circuit.position;
    this.circuit[how](pass, this.#clock.monotonicMs(), 0, this.#random);
    this.#look(before);
  }

  /** One call from begin to end; whether it got through. */
  call(how: "succeeded" | "failed"): boolean {
    const pass = this.begin();
    if (pass) this.end(pass, how);
    return pass !== undefined;
  }

  #look(before: string): void {
    if (this.circuit.position !== before) this.#shared.changed(this.#clock.monotonicMs(), this.#random);
  }
}

function processes(count: number, faulty = false) {
  const clock = new SimulatedClock();
  const memory = new MemoryCircuitStore(clock);
  const stores = Array.from({ length: count }, () => new FaultyCircuitStore(memory));
  const all = stores.map((store, index) => new Process(faulty ? store : memory, clock, index + 1));
  return { clock, memory, stores, all };
}

/** Calls of all processes, every 10 ms for a while; how many got through. */
async function traffic(
  clock: SimulatedClock,
  all: readonly Process[],
  durationMs: number,
  how: "succeeded" | "failed",
): Promise<number> {
  let through = 0;
  for (let passedMs = 0; passedMs < durationMs; passedMs += 10) {
    for (const one of all) if (one.call(how)) through++;
    await clock.advance(10);
  }
  return through;
}

const positions = (all: readonly Process[]) => all.map(({ circuit }) => circuit.position);

test("when one process opens, the others do within the refresh time, without failures of their own", async () => {
  const { clock, all } = processes(4);
  const [first, ...others] = all;
  await traffic(clock, others, 100, "succeeded");
  for (let call = 0; call < 5; call++) first?.call("failed");
  await traffic(clock, others, REFRESH_MS + 10, "succeeded");
  assert.deepEqual(positions(all), ["open", "open", "open", "open"]);
  for (const other of others) assert.deepEqual(other.heard, ["closed to open"]);
});

test("of all processes together no more than the trials get through in one opening, and all close with the one that tried", async () => {
  const { clock, all } = processes(4);
  for (let call = 0; call < 5; call++) all[0]?.call("failed");
  await traffic(clock, all, OPEN_MS - 20, "failed");
  assert.deepEqual(positions(all), ["open", "open", "open", "open"]);
  // They are held up while they are under way.
  const passes: [Process, Pass][] = [];
  for (let passedMs = 0; passedMs < 1_500; passedMs += 10) {
    for (const one of all) {
      const pass = one.begin();
      if (pass) passes.push([one, pass]);
    }
    await clock.advance(10);
  }
  assert.equal(passes.length, TRIALS);
  for (const [one, pass] of passes) one.end(pass, "succeeded");
  await traffic(clock, all, REFRESH_MS * 2, "succeeded");
  assert.deepEqual(positions(all), ["closed", "closed", "closed", "closed"]);
});

test("when the trials fail, all stay open for another time", async () => {
  const { clock, all } = processes(3);
  for (let call = 0; call < 5; call++) all[0]?.call("failed");
  await traffic(clock, all, 2 * REFRESH_MS, "succeeded");
  assert.deepEqual(positions(all), ["open", "open", "open"]);
  const tried = await traffic(clock, all, 10 * (OPEN_MS + 2 * REFRESH_MS), "failed");
  // Each opening costs one failed call of all processes together.
  assert.ok(tried >= 8 && tried <= 12, `${tried} calls got through`);
  await traffic(clock, all, OPEN_MS + 4 * REFRESH_MS, "succeeded");
  assert.deepEqual(positions(all), ["closed", "closed", "closed"]);
});

test("a process that claimed the trials and died is followed by another when its claim ends", async () => {
  const { clock, all } = processes(2);
  const [dies, lives] = all;
  for (let call = 0; call < 5; call++) dies?.call("failed");
  await clock.advance(OPEN_MS);
  assert.equal(dies?.begin(), undefined);
  await clock.advance(10);
  assert.ok(dies?.begin());
  const living = lives ? [lives] : [];
  await traffic(clock, living, REFRESH_MS, "succeeded");
  assert.equal(await traffic(clock, living, 1_800, "succeeded"), 0);
  assert.equal(lives?.circuit.position, "open");
  await traffic(clock, living, 500, "succeeded");
  assert.equal(lives?.circuit.position, "closed");
});

test("with the store lost, each process opens and closes by its own calls, and no call waits", async () => {
  for (const fault of ["throws", "rejects", "never answers"] as const satisfies StoreFault[]) {
    const { clock, all, stores } = processes(2, true);
    for (const store of stores) store.fault = fault;
    const [first, second] = all;
    for (let call = 0; call < 5; call++) first?.call("failed");
    await traffic(clock, all, OPEN_MS - 10, "succeeded");
    assert.deepEqual(positions(all), ["open", "closed"], fault);
    await traffic(clock, all, 4 * REFRESH_MS, "succeeded");
    assert.deepEqual(positions(all), ["closed", "closed"], fault);
    assert.equal(second?.heard.length, 0);
  }
});

test("a store that comes back is used again, though a request to it never ended", async () => {
  const { clock, all, stores } = processes(2, true);
  for (const store of stores) store.fault = "never answers";
  await traffic(clock, all, 200, "succeeded");
  for (const store of stores) store.fault = "none";
  await traffic(clock, all, REFRESH_MS * 12, "succeeded");
  for (let call = 0; call < 5; call++) all[0]?.call("failed");
  await traffic(clock, all, REFRESH_MS * 2, "succeeded");
  assert.deepEqual(positions(all), ["open", "open"]);
});

test("the store is asked once per refresh time however many calls there are, one request at a time, and not without calls", async () => {
  const { clock, all, stores } = processes(1, true);
  for (let passedMs = 0; passedMs < 1_000; passedMs += 10) {
    for (let call = 0; call < 100; call++) all[0]?.call("succeeded");
    await clock.advance(10);
  }
  assert.equal(stores[0]?.requests, 1_000 / REFRESH_MS);
  assert.equal(stores[0]?.underWayMax, 1);
  await clock.advance(10_000);
  assert.equal(stores[0]?.requests, 1_000 / REFRESH_MS);
  assert.equal(clock.pendingTimers, 0);
});

test("whatever stands in the store, a circuit opens for no longer than it would itself, and goes on", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc
          .tuple(fc.constantFrom("open", "closed", ""), fc.string(), fc.string())
          .map((words) => words.join(" ")),
        fc.double().map((openMs) => `open x ${openMs}`),
      ),
      async (value) => {
        const { clock, all, memory } = processes(1);
        await memory.set("prices", value, 1e9);
        await traffic(clock, all, 2 * REFRESH_MS, "succeeded");
        await traffic(clock, all, OPEN_MS + 200, "succeeded");
        assert.deepEqual(positions(all), ["closed"]);
      },
    ),
    { numRuns: 12 },
  );
});

test("an answer that is no text is as none", async () => {
  const clock = new SimulatedClock();
  // What a client answers that was told to give bytes.
  const get = async () => Buffer.from("open x 500") as unknown as string;
  const one = new Process({ get, set: async () => true }, clock, 1);
  assert.ok(one.call("succeeded"));
  await clock.advance(10);
  assert.ok(one.call("succeeded"));
});

test("whatever calls, ends and faults came before, all processes close once the store and the dependency work", async () => {
  const step = fc.record({
    which: fc.nat(),
    do: fc.constantFrom("call", "call", "call", "succeed", "fail", "advance", "advance"),
    fault: fc.constantFrom<StoreFault>("none", "none", "none", "rejects", "answer lost", "never answers"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80, size: "max" }), fc.boolean(), async (steps, faults) => {
      const { clock, all, stores } = processes(3, true);
      const underWay: [Process, Pass][] = [];
      for (const one of steps) {
        const process = all[one.which % all.length];
        for (const store of stores) store.fault = faults ? one.fault : "none";
        if (one.do === "advance") await clock.advance(one.which % (OPEN_MS * 1.2));
        else if (one.do === "call") {
          const pass = process?.begin();
          if (process && pass) underWay.push([process, pass]);
        } else {
          const [ended] = underWay.splice(one.which % Math.max(1, underWay.length), 1);
          ended?.[0].end(ended[1], one.do === "fail" ? "failed" : "succeeded");
        }
        await Promise.resolve();
      }
      for (const store of stores) store.fault = "none";
      await traffic(clock, all, 2_000 + 2 * OPEN_MS + 15 * REFRESH_MS, "succeeded");
      assert.deepEqual(positions(all), ["closed", "closed", "closed"]);
      assert.equal(clock.pendingTimers, 0);
    }),
    { numRuns: 40 },
  );
});

test("an answer that comes after its request was given up, or after newer news of this process's own, is not heard", async () => {
  for (const lateMs of [REFRESH_MS * 20, REFRESH_MS * 2]) {
    const clock = new SimulatedClock();
    const answers: ((value: string | null) => void)[] = [];
    const store: CircuitStore = {
      get: () => new Promise((resolve) => answers.push(resolve)),
      set: async () => true,
    };
    const one = new Process(store, clock, 1);
    one.call("succeeded");
    if (lateMs < REFRESH_MS * 10) for (let call = 0; call < 5; call++) one.call("failed");
    await clock.advance(lateMs);
    one.call("succeeded");
    const before = [one.circuit.position, one.circuit.retryAfterMs(clock.monotonicMs())];
    answers[0]?.("open other 300");
    await clock.advance(0);
    assert.deepEqual([one.circuit.position, one.circuit.retryAfterMs(clock.monotonicMs())], before);
    assert.deepEqual(one.heard, []);
    // It goes on to share: what this process found out itself is what it knows of.
    one.call("succeeded");
    await clock.advance(OPEN_MS * 2);
    for (let call = 0; call < 5; call++) {
      one.call("succeeded");
      await clock.advance(REFRESH_MS * 11);
    }
    assert.equal(one.circuit.position, "closed");
  }
});

test("options out of their range are told by name", () => {
  const { memory } = processes(0);
  const circuit = new Circuit();
  assert.throws(() => new SharedCircuit(circuit, { store: memory, key: "" }), /shared\.key/);
  assert.throws(
    () => new SharedCircuit(circuit, { store: memory, key: "k", refreshMs: 9 }),
    /shared\.refreshMs/,
  );
});
