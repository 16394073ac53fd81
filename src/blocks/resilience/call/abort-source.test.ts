import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import fc from "fast-check";
import { type AbortListener, AbortSource, sourceOf } from "./abort-source.ts";

/** Notes what it hears. */
function listener(heard: unknown[] = []): AbortListener & { heard: unknown[] } {
  return { heard, onAbort: (reason) => void heard.push(reason) };
}

test("all who listen hear the first reason, once", () => {
  const source = new AbortSource();
  const [one, other, gone] = [listener(), listener(), listener()];
  for (const each of [one, other, gone]) source.listen(each);
  source.unlisten(gone);
  assert.equal(source.aborted, false);
  assert.equal(source.listeners, 2);
  source.abort("first");
  source.abort("second");
  assert.deepEqual([one.heard, other.heard, gone.heard], [["first"], ["first"], []]);
  assert.equal(source.aborted, true);
  assert.equal(source.reason, "first");
  assert.equal(source.listeners, 0);
});

test("no reason is a reason too", () => {
  const source = new AbortSource();
  const one = listener();
  source.listen(one);
  source.abort(undefined);
  assert.deepEqual(one.heard, [undefined]);
  assert.equal(source.aborted, true);
});

test("who stops listening while others are told hears nothing", () => {
  const source = new AbortSource();
  const second = listener();
  source.listen({ onAbort: () => source.unlisten(second) });
  source.listen(second);
  source.abort("reason");
  assert.deepEqual(second.heard, []);
});

test("whatever comes and goes, those who listen hear of the abort once and the others never", () => {
  const step = fc.record({ who: fc.nat(9), listens: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const source = new AbortSource();
      const all = Array.from({ length: 10 }, () => listener());
      const listening = new Set<AbortListener>();
      for (const { who, listens } of steps) {
        const one = all[who] ?? assert.fail();
        if (listens) source.listen(one);
        else source.unlisten(one);
        if (listens) listening.add(one);
        else listening.delete(one);
        assert.equal(source.listeners, listening.size);
      }
      source.abort("reason");
      for (const one of all) assert.deepEqual(one.heard, listening.has(one) ? ["reason"] : []);
      assert.equal(source.listeners, 0);
    }),
  );
});

test("a signal has one source and one listener, however many calls are under it", () => {
  const controller = new AbortController();
  const { signal } = controller;
  const source = sourceOf(signal);
  const listeners = Array.from({ length: 1_000 }, () => listener());
  for (const each of listeners) sourceOf(signal).listen(each);
  assert.equal(sourceOf(signal), source);
  assert.equal(getEventListeners(signal, "abort").length, 1);
  const reason = { why: "shutdown" };
  controller.abort(reason);
  for (const { heard } of listeners) assert.deepEqual(heard, [reason]);
  assert.equal(getEventListeners(signal, "abort").length, 0);
});

test("the source of a signal that was aborted before knows why", () => {
  const source = sourceOf(AbortSignal.abort("before"));
  assert.equal(source.aborted, true);
  assert.equal(source.reason, "before");
});
