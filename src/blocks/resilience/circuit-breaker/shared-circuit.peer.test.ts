import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { fromIoredis } from "../../flow/shared-limit/resp-store.ts";
import { RedisServer } from "../../flow/shared-limit/testing/redis-server.ts";
import { policy } from "../policy.ts";
import { circuitBreaker } from "./circuit-breaker.ts";
import { respCircuitStore } from "./circuit-store.ts";
import { consecutiveFailures } from "./consecutive-failures.ts";
import { circuitStoreContract } from "./testing/circuit-store-contract.ts";

/** As a service connects: a command that cannot be sent now fails now. */
const connect = (url: string) => {
  const client = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, lazyConnect: true });
  client.on("error", () => {});
  return client;
};

circuitStoreContract("redis-server, with ioredis", async () => {
  const server = await RedisServer.start();
  const client = connect(server.url);
  await client.connect();
  return {
    store: respCircuitStore(fromIoredis(client)),
    pass: (ms) => sleep(ms),
    async close() {
      client.disconnect();
      await server[Symbol.asyncDispose]();
    },
  };
});

test("four breakers over redis-server open together, try three calls between them, and close together", async () => {
  await using server = await RedisServer.start();
  const clients = Array.from({ length: 4 }, () => connect(server.url));
  await Promise.all(clients.map((client) => client.connect()));
  const breakers = clients.map((client) =>
    circuitBreaker({
      trip: consecutiveFailures(5),
      openMs: 300,
      shared: { store: respCircuitStore(fromIoredis(client)), key: "prices", refreshMs: 30 },
    }),
  );
  const policies = breakers.map((breaker) => policy(breaker));
  let isIll = true;
  let calls = 0;
  const work = async () => {
    calls++;
    await sleep(60);
    if (isIll) throw new Error("ill");
  };
  const round = async () => {
    for (const one of policies) one.run(work).catch(() => {});
    await sleep(5);
  };
  const until = async (state: string) => {
    for (let rounds = 0; breakers.some((breaker) => breaker.state !== state); rounds++) {
      assert.ok(rounds < 400, `${breakers.map((breaker) => breaker.state)} and not ${state}`);
      await round();
    }
  };
  const [first] = policies;
  await Promise.allSettled(Array.from({ length: 5 }, () => first?.run(work)));
  isIll = false;
  const before = calls;
  await until("open");
  await sleep(100);
  const tried = calls;
  assert.ok(tried - before < 40, "the others heard of it");
  for (let rounds = 0; breakers.every((breaker) => breaker.state !== "closed"); rounds++) {
    assert.ok(rounds < 400);
    await round();
  }
  assert.equal(calls - tried, 3);
  await until("closed");
  for (const client of clients) client.disconnect();
});

test("a server that dies leaves each breaker to itself", async () => {
  const server = await RedisServer.start();
  const client = connect(server.url);
  await client.connect();
  const breaker = circuitBreaker({
    trip: consecutiveFailures(3),
    openMs: 100,
    shared: { store: respCircuitStore(fromIoredis(client)), key: "prices", refreshMs: 20 },
  });
  const guarded = policy(breaker);
  await guarded.run(() => "well");
  await server[Symbol.asyncDispose]();
  for (let call = 0; call < 3; call++) await guarded.run(() => Promise.reject("ill")).catch(() => {});
  const isClosed = () => breaker.state === "closed";
  assert.equal(isClosed(), false);
  for (let rounds = 0; !isClosed(); rounds++) {
    assert.ok(rounds < 100, breaker.state);
    await sleep(10);
    await guarded.run(() => "well").catch(() => {});
  }
  client.disconnect();
});
