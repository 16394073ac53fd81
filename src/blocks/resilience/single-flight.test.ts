import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sourceOf } from "./call/abort-source.ts";
import type { CallContext } from "./call/call.ts";
import { singleFlight } from "./single-flight.ts";

const outcome = (promise: Promise<unknown>) =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );

/** Lets every promise that can settle now do so. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("who asks for the same while it is under way shares it, and who asks for another does not", async () => {
  const flights = singleFlight<string>();
  const { promise, resolve } = Promise.withResolvers<string>();
  let begun = 0;
  const work = () => {
    begun++;
    return promise;
  };
  const all = [flights.run("a", work), flights.run("a", work), flights.run("b", () => "other")];
  assert.equal(flights.size, 2);
  resolve("shared");
  assert.deepEqual(await Promise.all(all), ["shared", "shared", "other"]);
  assert.equal(begun, 1);
  assert.equal(flights.size, 0);
  assert.equal(await flights.run("a", () => "anew"), "anew");
});

test("an error is shared too, thrown at once or later, error or not, and then forgotten", async () => {
  const flights = singleFlight<string>();
  for (const error of [new Error("down"), undefined, "text"]) {
    const throws = () => {
      throw error;
    };
    assert.deepEqual(await outcome(flights.run("a", throws)), { error });
    const rejects = () => Promise.reject(error);
    const all = [flights.run("a", rejects), flights.run("a", rejects)].map(outcome);
    assert.deepEqual(await Promise.all(all), [{ error }, { error }]);
    assert.equal(flights.size, 0);
  }
});

test("a caller that gives up leaves the others alone, the one who began included", async () => {
  const flights = singleFlight<string>();
  const { promise, resolve } = Promise.withResolvers<string>();
  const [first, second] = [new AbortController(), new AbortController()];
  let context: CallContext | undefined;
  const work = (given: CallContext) => {
    context = given;
    return promise;
  };
  const left = outcome(flights.run("a", work, { signal: first.signal }));
  const stayed = outcome(flights.run("a", work, { signal: second.signal }));
  first.abort("enough");
  assert.deepEqual(await left, { error: "enough" });
  assert.equal(context?.signal.aborted, false);
  assert.equal(flights.size, 1);
  resolve("shared");
  assert.deepEqual(await stayed, { value: "shared" });
  assert.equal(sourceOf(first.signal).listeners + sourceOf(second.signal).listeners, 0);
});

test("when the last has left, the work is aborted, and whoever comes then begins anew", async () => {
  const flights = singleFlight<string>();
  const controllers = [new AbortController(), new AbortController()];
  const aborted: unknown[] = [];
  const work = ({ signal, key }: CallContext) =>
    new Promise<string>((_, reject) =>
      signal.addEventListener("abort", () => {
        aborted.push([key, signal.reason]);
        reject(new Error("heard by nobody"));
      }),
    );
  const left = controllers.map(({ signal }) => outcome(flights.run("a", work, { signal })));
  controllers[0]?.abort(1);
  assert.deepEqual(aborted, []);
  controllers[1]?.abort(2);
  assert.deepEqual(aborted, [["a", 2]]);
  assert.equal(flights.size, 0);
  const anew = flights.run("a", () => "anew");
  assert.deepEqual(await Promise.all(left), [{ error: 1 }, { error: 2 }]);
  assert.equal(await anew, "anew");
  // The rejection of the abandoned work is nobody's, and must not end the process.
  await settled();
});

test("a caller without a signal never leaves, so its work is never aborted", async () => {
  const flights = singleFlight<string>();
  const { promise, resolve } = Promise.withResolvers<string>();
  const controller = new AbortController();
  let context: CallContext | undefined;
  const stayed = flights.run("a", (given) => {
    context = given;
    return promise;
  });
  const left = outcome(flights.run("a", () => promise, { signal: controller.signal }));
  controller.abort("enough");
  assert.deepEqual(await left, { error: "enough" });
  assert.equal(context?.signal.aborted, false);
  resolve("done");
  assert.equal(await stayed, "done");
});

test("an aborted caller begins nothing", async () => {
  const flights = singleFlight<string>();
  const never = () => assert.fail("begun");
  assert.deepEqual(await outcome(flights.run("a", never, { signal: AbortSignal.abort("before") })), {
    error: "before",
  });
  assert.equal(flights.size, 0);
});

test("after `forget` the next begins anew, those before it wait on, and the old one's end does not end the new", async () => {
  const flights = singleFlight<string>();
  const [old, fresh] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const before = flights.run("a", () => old.promise);
  flights.forget("a");
  flights.forget("unknown");
  const after = flights.run("a", () => fresh.promise);
  old.resolve("old");
  assert.equal(await before, "old");
  assert.equal(flights.size, 1);
  const joined = flights.run("a", () => assert.fail("begun"));
  fresh.resolve("fresh");
  assert.deepEqual(await Promise.all([after, joined]), ["fresh", "fresh"]);
  assert.equal(flights.size, 0);
});

test("work may ask for other keys, forget its own, and abort its caller", async () => {
  const flights = singleFlight<string>();
  const nested = await flights.run("a", async () => `a of ${await flights.run("b", () => "b")}`);
  assert.equal(nested, "a of b");
  const forgetful = await flights.run("a", () => {
    flights.forget("a");
    return flights.run("a", () => "a again");
  });
  assert.equal(forgetful, "a again");
  const controller = new AbortController();
  const work = ({ signal }: CallContext) => {
    controller.abort("by the work");
    return String(signal.aborted);
  };
  assert.deepEqual(await outcome(flights.run("a", work, { signal: controller.signal })), {
    error: "by the work",
  });
  assert.equal(flights.size, 0);
});

test("in any order of calls, ends, forgets and aborts: one flight per key, each caller told once, nothing left", async () => {
  const step = fc.record({
    do: fc.constantFrom("run" as const, "end" as const, "fail" as const, "forget" as const, "abort" as const),
    key: fc.constantFrom("a", "b"),
    which: fc.nat(20),
    signalled: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: "max" }), async (steps) => {
      const flights = singleFlight<number>();
      type Flight = {
        number: number;
        key: string;
        done: PromiseWithResolvers<number>;
        waiting: number;
        isOver: boolean;
        signal: AbortSignal;
      };
      const begun: Flight[] = [];
      const joinable = new Map<string, Flight>();
      const callers: { flight: Flight; controller: AbortController | undefined; told: unknown[] }[] = [];
      const close = (flight: Flight) => {
        flight.isOver = true;
        if (joinable.get(flight.key) === flight) joinable.delete(flight.key);
      };
      for (const one of steps) {
        const flight = begun[one.which % Math.max(1, begun.length)];
        const caller = callers[one.which % Math.max(1, callers.length)];
        if (one.do === "run") {
          const controller = one.signalled ? new AbortController() : undefined;
          const promise = flights.run(
            one.key,
            (context) => {
              const done = Promise.withResolvers<number>();
              const fresh = {
                number: begun.length,
                key: one.key,
                done,
                waiting: 0,
                isOver: false,
                signal: context.signal,
              };
              assert.ok(!joinable.has(one.key), "a second flight for the key");
              begun.push(fresh);
              joinable.set(one.key, fresh);
              return done.promise;
            },
            { signal: controller?.signal },
          );
          const joined = joinable.get(one.key) ?? assert.fail("nothing to join");
          joined.waiting++;
          const told: unknown[] = [];
          void outcome(promise).then((result) => told.push(result));
          callers.push({ flight: joined, controller, told });
        } else if (one.do === "forget") {
          flights.forget(one.key);
          joinable.delete(one.key);
        } else if (one.do === "abort" && caller?.controller && !caller.controller.signal.aborted) {
          caller.controller.abort("left");
          if (!caller.flight.isOver && --caller.flight.waiting === 0) {
            assert.ok(caller.flight.signal.aborted);
            close(caller.flight);
          }
        } else if ((one.do === "end" || one.do === "fail") && flight && !flight.isOver) {
          if (one.do === "end") flight.done.resolve(flight.number);
          else flight.done.reject(flight.number);
          close(flight);
          await settled();
        }
        assert.equal(flights.size, joinable.size);
      }
      for (const flight of begun) flight.done.resolve(flight.number);
      await settled();
      assert.equal(flights.size, 0);
      for (const { flight, controller, told } of callers) {
        assert.equal(told.length, 1);
        const [result] = told as [{ value?: number; error?: unknown }];
        assert.ok(
          result.value === flight.number || result.error === flight.number || result.error === "left",
        );
        if (controller) assert.equal(sourceOf(controller.signal).listeners, 0);
      }
    }),
    { numRuns: 100 },
  );
});
