import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock, seededRandom } from "../../../blocks/time/index.ts";
import { RequestIds } from "../exchange/request-id.ts";
import { ask, closedPort, gate, httpOrigin, turns } from "../testing/servers.ts";
import { Administration } from "./administration.ts";
import { MemoryControl } from "./testing/memory-control.ts";
import { CONFIG, TOKEN } from "./testing/scene.ts";

function staged() {
  const clock = new SimulatedClock();
  const control = new MemoryControl(CONFIG);
  const administration = new Administration({
    control,
    clock,
    requestIds: new RequestIds(seededRandom(1)),
  });
  const use = async (port: number | undefined, patienceMs: number, token = TOKEN) => {
    const prepared = await administration.prepare(port === undefined ? undefined : { port, token });
    prepared.commit(patienceMs);
    return administration.port ?? 0;
  };
  const call = (port: number, path: string, body?: string, token = TOKEN) =>
    ask(port, {
      method: body === undefined ? "GET" : "PUT",
      path,
      headers: ["Authorization", `Bearer ${token}`],
      ...(body === undefined ? {} : { body }),
    });
  return { clock, control, administration, use, call, [Symbol.asyncDispose]: () => administration.close() };
}

/** A change under way that is in force, and whose answer waits until what it removed has drained. */
async function changing(it: ReturnType<typeof staged>, port: number) {
  const held = gate();
  it.control.draining = held.opened;
  const before = it.control.config();
  const answer = it.call(port, "/config", JSON.stringify({ ...CONFIG, documentationUrl: "/new" }));
  answer.catch(() => {});
  while (it.control.config() === before) await turns(1);
  return { answer, open: () => held.open() };
}

test("a server that moves away gives the answers that it owes, for as long as it was told", async () => {
  await using it = staged();
  const old = await it.use(0, 0);
  const change = await changing(it, old);
  const port = await it.use(await closedPort(), 5_000);
  await assert.rejects(it.call(old, "/config"), { code: "ECONNREFUSED" });
  await it.clock.advance(4_999);
  change.open();
  const answer = await change.answer;
  assert.deepEqual([answer.status, answer.headers.connection], [200, "close"]);
  assert.equal((await it.call(port, "/config")).status, 200);
});

test("a server that moves away waits no longer than it was told", async () => {
  await using it = staged();
  const change = await changing(it, await it.use(0, 0));
  await it.use(undefined, 5_000);
  assert.equal(it.administration.port, undefined);
  await it.clock.advance(5_000);
  await assert.rejects(change.answer, { code: "ECONNRESET" });
  change.open();
});

test("the end of the whole waits a second for a server that has moved away", async () => {
  await using it = staged();
  const change = await changing(it, await it.use(0, 0));
  await it.use(undefined, 60_000);
  const closed = it.administration.close();
  await it.clock.advance(1_000);
  await closed;
  await assert.rejects(change.answer, { code: "ECONNRESET" });
  assert.equal(it.clock.pendingTimers, 0);
  change.open();
});

test("a server stays where it is while a configuration asks for it, and takes another token", async () => {
  await using it = staged();
  const port = await it.use(await closedPort(), 0);
  const token = "another-token-for-tests";
  assert.equal(await it.use(port, 0, token), port);
  assert.equal((await it.call(port, "/config")).status, 401);
  assert.equal((await it.call(port, "/config", undefined, token)).status, 200);
});

test("a server that is not to be leaves the one that there is alone", async () => {
  await using it = staged();
  await using taken = await httpOrigin(() => {});
  const port = await it.use(await closedPort(), 0);
  const elsewhere = await closedPort();
  await (await it.administration.prepare({ port: elsewhere, token: TOKEN })).discard();
  await assert.rejects(it.call(elsewhere, "/config"), { code: "ECONNREFUSED" });
  await (await it.administration.prepare({ port, token: "another-token-for-tests" })).discard();
  await assert.rejects(it.administration.prepare({ port: taken.port, token: TOKEN }), {
    code: "PORT_IN_USE",
  });
  assert.equal((await it.call(port, "/config")).status, 200);
});
