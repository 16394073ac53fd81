import assert from "node:assert/strict";
import { test } from "node:test";
import { createSecureContext } from "node:tls";
import { SimulatedClock } from "../../../blocks/time/index.ts";
import { TicketKeys } from "./ticket-keys.ts";

const SECRET = Buffer.alloc(32, 7);
const HOUR_MS = 3_600_000;

function keys(over: Partial<ConstructorParameters<typeof TicketKeys>[0]> = {}) {
  const clock = new SimulatedClock(0);
  return new TicketKeys({ secret: SECRET, scope: "a", sessionMs: 2 * HOUR_MS, clock, ...over });
}

test("processes with one secret have the same keys, of 48 bytes, without talking", () => {
  assert.equal(keys().current.length, 48);
  assert.deepEqual(keys().current, keys().current);
});

test("another secret, another scope and another period have other keys, in all their parts", async () => {
  const clock = new SimulatedClock(HOUR_MS);
  const some = [
    keys(),
    keys({ scope: "b" }),
    keys({ secret: Buffer.alloc(32, 8) }),
    keys({ secret: Buffer.alloc(33, 7) }),
    keys({ clock }),
  ].map(({ current }) => current);
  for (const start of [0, 16, 32]) {
    assert.equal(
      new Set(some.map((key) => key.subarray(start, start + 16).toString("hex"))).size,
      some.length,
    );
  }
});

test("the key changes at half of a session's life, for all at the same moment", async () => {
  const clock = new SimulatedClock(10 * HOUR_MS + 1);
  const one = keys({ clock });
  const first = one.current;
  assert.equal(one.changesInMs, HOUR_MS - 1);
  await clock.advance(HOUR_MS - 2);
  assert.deepEqual(one.current, first);
  await clock.advance(1);
  assert.notDeepEqual(one.current, first);
  assert.equal(one.changesInMs, HOUR_MS);
  assert.deepEqual(keys({ clock }).current, one.current);
});

test("a secret that is too short to be one is refused", () => {
  assert.throws(() => keys({ secret: Buffer.alloc(31) }), RangeError);
});

test("this version of Node has the hook for tickets of older keys", () => {
  // Without it sessions end when keys change: safe, but not what the documentation says.
  const native: unknown = createSecureContext().context;
  assert.ok(typeof native === "object" && native !== null && "enableTicketKeyCallback" in native);
});
