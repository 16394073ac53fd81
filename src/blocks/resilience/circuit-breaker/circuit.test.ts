import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../../time/index.ts";
import { Circuit, type CircuitOptions, type Pass } from "./circuit.ts";
import { consecutiveFailures } from "./consecutive-failures.ts";
import { countWindow } from "./count-window.ts";
import { timeWindow } from "./time-window.ts";

const half = () => 0.5;

/** A circuit that opened at 0, for 100 ms unless the options say otherwise. */
function opened(options: CircuitOptions = {}, random = half): Circuit {
  const circuit = new Circuit({ trip: consecutiveFailures(1), openMs: 100, ...options });
  fail(circuit, 0, random);
  assert.equal(circuit.position, "open");
  return circuit;
}

function admitted(circuit: Circuit, nowMs: number): Pass {
  const pass = circuit.admit(nowMs, half);
  assert.ok(pass, `a call is let in at ${nowMs}`);
  return pass;
}

function fail(circuit: Circuit, nowMs: number, random = half): void {
  circuit.failed(admitted(circuit, nowMs), nowMs, 0, random);
}

const TRIAL_MS = 200;

const step = fc.record({
  waitMs: fc.constantFrom(0, 0, 1, 40, 100, 250),
  do: fc.constantFrom("call", "call", "call", "succeed", "fail", "ignore"),
  which: fc.nat(),
});

const rules = fc.constantFrom(
  consecutiveFailures(2),
  countWindow({ calls: 6, minimumCalls: 3, slowAfterMs: 90 }),
  timeWindow({ windowMs: 300, minimumCalls: 2, failureShare: 0.9 }),
);

test("half-open, never more than the trials get through, however results come, are late, are given back or never come", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(step, { maxLength: 150, size: "max" }),
      rules,
      (trials, steps, trip) => {
        const circuit = new Circuit({ trip, openMs: 100, trials, trialMs: TRIAL_MS });
        const calls: { pass: Pass; begunMs: number }[] = [];
        const through = new Map<unknown, number>();
        const count = (pass: Pass, by: number) => {
          if (pass.kind !== "trial") return;
          const counted = (through.get(pass.phase) ?? 0) + by;
          assert.ok(counted <= trials, `${counted} trials of ${trials} were let through`);
          through.set(pass.phase, counted);
        };
        let nowMs = 0;
        for (const one of steps) {
          nowMs += one.waitMs;
          if (one.do === "call") {
            const pass = circuit.admit(nowMs, half);
            if (pass) calls.push({ pass, begunMs: nowMs });
            if (pass) count(pass, 1);
            continue;
          }
          const call = calls.splice(one.which % Math.max(1, calls.length), 1)[0];
          if (!call) continue;
          const durationMs = nowMs - call.begunMs;
          if (one.do === "succeed") circuit.succeeded(call.pass, nowMs, durationMs, half);
          else if (one.do === "fail") circuit.failed(call.pass, nowMs, durationMs, half);
          else if (durationMs < TRIAL_MS) {
            circuit.ignored(call.pass);
            count(call.pass, -1);
          }
        }
        // And it never hangs: with all that is under way lost, calls get through again.
        const isLetIn = [10_000, 20_000].some(
          (laterMs) => circuit.admit(nowMs + laterMs, half) !== undefined,
        );
        assert.ok(isLetIn);
      },
    ),
    { numRuns: 500 },
  );
});

test("results of calls from before the circuit last changed do not count, for nor against", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: "max" }), rules, (steps, trip) => {
      const options = { trip, openMs: 100, trials: 2, trialMs: TRIAL_MS };
      const [plain, pestered] = [new Circuit(options), new Circuit(options)];
      let old: Pass[] = [];
      let calls: { pass: Pass; twin: Pass }[] = [];
      let nowMs = 0;
      for (const one of steps) {
        nowMs += one.waitMs;
        for (const pass of old) pestered[one.which % 2 ? "failed" : "succeeded"](pass, nowMs, 1_000, half);
        for (const pass of old) pestered.ignored(pass);
        const before = plain.position;
        if (one.do === "call") {
          const [pass, twin] = [plain.admit(nowMs, half), pestered.admit(nowMs, half)];
          assert.equal(pass === undefined, twin === undefined);
          if (pass && twin) calls.push({ pass, twin });
        } else {
          const call = calls.splice(one.which % Math.max(1, calls.length), 1)[0];
          if (!call) continue;
          if (one.do === "ignore") {
            plain.ignored(call.pass);
            pestered.ignored(call.twin);
          } else {
            const how = one.do === "fail" ? "failed" : "succeeded";
            plain[how](call.pass, nowMs, 1, half);
            pestered[how](call.twin, nowMs, 1, half);
          }
        }
        assert.equal(pestered.position, plain.position);
        assert.equal(pestered.retryAfterMs(nowMs), plain.retryAfterMs(nowMs));
        if (plain.position !== before) {
          // What this very step let in is of the new phase.
          const kept = one.do === "call" ? calls.slice(-1).filter(() => plain.position !== "open") : [];
          old = [...old, ...calls.slice(0, calls.length - kept.length).map(({ twin }) => twin)];
          calls = kept;
        }
      }
    }),
    { numRuns: 300 },
  );
});

test("it is open for exactly its time, which doubles with each opening up to its bound, and jitter only adds", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 1, max: 20 }),
      fc.constantFrom(0, 0.1, 1),
      fc.integer(),
      fc.integer({ min: 1, max: 8 }),
      (openMs, times, openJitter, seed, openings) => {
        const openMsMax = openMs * times;
        const random = seededRandom(seed);
        const expected = seededRandom(seed);
        let nowMs = 0;
        const circuit = opened({ openMs, openMsMax, openJitter }, random);
        for (let opening = 1; opening <= openings; opening++) {
          const plainMs = Math.min(openMsMax, openMs * 2 ** (opening - 1));
          const lastsMs = plainMs * (openJitter === 0 ? 1 : 1 + openJitter * expected());
          assert.equal(circuit.retryAfterMs(nowMs), nowMs + lastsMs - nowMs);
          const untilMs = nowMs + lastsMs;
          assert.equal(circuit.admit(untilMs - 0.001, random), undefined);
          assert.equal(circuit.isDue(untilMs - 0.001), false);
          assert.equal(circuit.isDue(untilMs), true);
          nowMs = untilMs;
          circuit.failed(admitted(circuit, nowMs), nowMs, 0, random);
          assert.equal(circuit.position, "open");
        }
      },
    ),
  );
});

test("once it closed, the next opening is as short as the first", () => {
  const circuit = opened({ openMsMax: 10_000, trials: 1 });
  fail(circuit, 100);
  assert.equal(circuit.retryAfterMs(100), 200);
  circuit.succeeded(admitted(circuit, 300), 300, 0, half);
  assert.equal(circuit.position, "closed");
  fail(circuit, 300);
  assert.equal(circuit.retryAfterMs(300), 100);
});

test("it closes when all trials have ended, and their share of failures is below the rule's", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 }),
      fc.constantFrom(0.1, 0.3, 0.5, 1),
      fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }),
      (trials, failureShare, outcomes) => {
        const trip = countWindow({ calls: 1, failureShare });
        const circuit = opened({ trip, trials });
        let failures = 0;
        for (const [index, failed] of outcomes.slice(0, trials).entries()) {
          const pass = admitted(circuit, 100);
          circuit[failed ? "failed" : "succeeded"](pass, 100, 0, half);
          if (failed) failures++;
          if (failures > 0 && failures / trials >= failureShare) {
            assert.equal(circuit.position, "open");
            return;
          }
          assert.equal(circuit.position, index + 1 === trials ? "closed" : "half-open");
        }
      },
    ),
  );
});

test("a streak's circuit opens again with the first trial that fails", () => {
  const circuit = opened({ trials: 3 });
  const passes = [admitted(circuit, 100), admitted(circuit, 100), admitted(circuit, 100)];
  assert.equal(circuit.admit(100, half), undefined);
  for (const pass of passes.slice(0, 2)) circuit.succeeded(pass, 110, 0, half);
  assert.equal(circuit.position, "half-open");
  for (const pass of passes.slice(2)) circuit.failed(pass, 120, 0, half);
  assert.equal(circuit.position, "open");
  assert.equal(circuit.retryAfterMs(120), 100);
});

test("slow trials open it again, and slow calls open it, though all succeed", () => {
  const trip = countWindow({ calls: 4, minimumCalls: 4, slowAfterMs: 50 });
  const circuit = new Circuit({ trip, openMs: 100, trials: 2 });
  for (const durationMs of [50, 50, 51, 51]) circuit.succeeded(admitted(circuit, 0), 0, durationMs, half);
  assert.equal(circuit.position, "open");
  circuit.succeeded(admitted(circuit, 100), 160, 60, half);
  assert.equal(circuit.position, "open");
  for (let trial = 0; trial < 2; trial++) circuit.succeeded(admitted(circuit, 300), 340, 40, half);
  assert.equal(circuit.position, "closed");
});

test("a trial that never ends counts as failed after its time, and what comes of it later does not count", () => {
  const circuit = opened({ trip: countWindow({ calls: 1 }), trials: 2, trialMs: 50 });
  const lost = admitted(circuit, 100);
  circuit.succeeded(admitted(circuit, 101), 102, 0, half);
  assert.equal(circuit.position, "half-open");
  assert.equal(circuit.admit(149, half), undefined);
  assert.equal(circuit.position, "half-open");
  assert.equal(circuit.admit(150, half), undefined);
  assert.equal(circuit.position, "open");
  circuit.succeeded(lost, 151, 51, half);
  assert.equal(circuit.position, "open");
});

test("a trial counts once, though it is lost and ends after that", () => {
  const circuit = opened({ trip: countWindow({ calls: 1 }), trials: 3, trialMs: 50 });
  const lost = admitted(circuit, 100);
  admitted(circuit, 150);
  circuit.failed(lost, 151, 51, half);
  circuit.ignored(lost);
  assert.equal(circuit.position, "half-open");
  admitted(circuit, 152);
  assert.equal(circuit.admit(153, half), undefined);
});

test("forced, it stays as it is whatever happens, and runs from closed with nothing remembered when let go", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("open" as const, "closed" as const),
      fc.array(step),
      rules,
      (to, steps, trip) => {
        const circuit = new Circuit({ trip, openMs: 100, trialMs: TRIAL_MS });
        const passes: Pass[] = [];
        for (const one of steps.slice(0, 10)) {
          const pass = circuit.admit(one.which % 1_000, half);
          if (pass) passes.push(pass);
          if (pass && one.do === "fail") circuit.failed(pass, one.which % 1_000, 0, half);
        }
        circuit.force(to);
        let nowMs = 1_000;
        for (const one of steps) {
          nowMs += one.waitMs;
          const pass = circuit.admit(nowMs, half);
          assert.equal(pass !== undefined, to === "closed");
          for (const any of pass ? [pass, ...passes] : passes) {
            if (one.do === "succeed") circuit.succeeded(any, nowMs, 0, half);
            else if (one.do === "ignore") circuit.ignored(any);
            else circuit.failed(any, nowMs, 1_000, half);
          }
          circuit.openFor(nowMs, 50);
          circuit.close();
          assert.equal(circuit.position, `forced-${to}`);
        }
        circuit.force(undefined);
        assert.equal(circuit.position, "closed");
        const fresh = new Circuit({ trip, openMs: 100 });
        for (let call = 0; call < 3; call++) {
          for (const one of [circuit, fresh]) {
            const pass = one.admit(nowMs, half);
            if (pass) one.failed(pass, nowMs, 0, half);
          }
          assert.equal(circuit.position, fresh.position);
        }
      },
    ),
  );
});

test("letting go of what is not forced changes nothing", () => {
  const circuit = opened();
  circuit.force(undefined);
  assert.equal(circuit.position, "open");
});

test("options out of their range are told by name", () => {
  assert.throws(() => new Circuit({ openMs: 0 }), /circuitBreaker: openMs has to be .* not 0/);
  assert.throws(
    () => new Circuit({ openMs: 10, openMsMax: 9 }),
    /openMsMax has to be at least openMs \(10\), not 9/,
  );
  assert.throws(() => new Circuit({ openJitter: 1.5 }), /openJitter/);
  assert.throws(() => new Circuit({ trials: 0 }), /trials/);
  assert.throws(() => new Circuit({ trials: 2.5 }), /trials/);
  assert.throws(() => new Circuit({ trialMs: Number.NaN }), /trialMs/);
});
