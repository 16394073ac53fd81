import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryCounter } from "../testing/memory-counter.ts";
import { CODE_SPACE, CodeSource } from "./code-source.ts";

test("codes are seven characters, never twice, on any number of replicas that share a counter", async () => {
  const counter = new MemoryCounter();
  const replicas = [1, 2, 3].map(() => new CodeSource(counter, { blockSize: 10 }));
  const drawn = await Promise.all(Array.from({ length: 300 }, (_, index) => replicas[index % 3]?.next()));
  for (const one of drawn) assert.match(one?.code ?? "", /^[0-9A-Za-z]{7}$/);
  assert.equal(new Set(drawn.map((one) => one?.code)).size, 300);
  assert.equal(new Set(drawn.map((one) => one?.id)).size, 300);
});

test("a block is leased once, however many wait for it", async () => {
  const counter = new MemoryCounter();
  const codes = new CodeSource(counter, { blockSize: 100 });
  await Promise.all(Array.from({ length: 100 }, () => codes.next()));
  assert.equal(counter.leases, 1);
});

test("a lease that fails is tried again by the next request", async () => {
  const counter = new MemoryCounter();
  const lease = counter.lease.bind(counter);
  counter.lease = () => Promise.reject(new Error("away"));
  const codes = new CodeSource(counter);
  await assert.rejects(codes.next(), /away/);
  counter.lease = lease;
  assert.match((await codes.next()).code, /^.{7}$/);
});

test("after the last code of all, the next is refused by name, and numbers for chosen codes go on", async () => {
  const codes = new CodeSource(new MemoryCounter(CODE_SPACE - 1), { blockSize: 5 });
  await codes.next();
  await assert.rejects(codes.next(), { code: "CODES_EXHAUSTED" });
  assert.ok((await codes.nextId()) >= CODE_SPACE);
});
