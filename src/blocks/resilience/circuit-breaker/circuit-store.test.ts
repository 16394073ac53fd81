import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "../../time/index.ts";
import { respCircuitStore } from "./circuit-store.ts";
import { circuitStoreContract } from "./testing/circuit-store-contract.ts";
import { FaultyCircuitStore } from "./testing/faulty-circuit-store.ts";
import { MemoryCircuitStore } from "./testing/memory-circuit-store.ts";

circuitStoreContract("in memory", async () => {
  const clock = new SimulatedClock();
  return { store: new MemoryCircuitStore(clock), pass: (ms) => clock.advance(ms) };
});

circuitStoreContract("faulty, without a fault", async () => {
  const clock = new SimulatedClock();
  return { store: new FaultyCircuitStore(new MemoryCircuitStore(clock)), pass: (ms) => clock.advance(ms) };
});

test("a RESP server is asked in commands that every one of them knows", async () => {
  const sent: { words: readonly string[]; key: string }[] = [];
  const answers: unknown[] = [null, Buffer.from("closed x"), "OK", null];
  const store = respCircuitStore({
    async command(words, key) {
      sent.push({ words, key });
      return answers.shift();
    },
  });
  assert.equal(await store.get("k"), null);
  assert.equal(await store.get("k"), "closed x");
  assert.equal(await store.set("k", "v", 5), true);
  assert.equal(await store.set("k", "v", 5, { onlyIfAbsent: true }), false);
  assert.deepEqual(
    sent.map(({ words }) => words.join(" ")),
    ["GET k", "GET k", "SET k v PX 5", "SET k v PX 5 NX"],
  );
});
