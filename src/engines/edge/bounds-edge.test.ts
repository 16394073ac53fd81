import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "../../blocks/time/index.ts";
import type { UpstreamBoundsConfig } from "./config/index.ts";
import type { RunningEdge } from "./edge.ts";
import { ask, codeIn, edgeFor, httpOrigin, type Origin, turns } from "./testing/servers.ts";

/** A server that answers when it is told to, in the order it was asked. */
async function holding(): Promise<Origin & { readonly held: (() => void)[] }> {
  const held: (() => void)[] = [];
  const origin = await httpOrigin((incoming, response) => held.push(() => response.end(incoming.url)));
  return Object.assign(origin, { held });
}

function edgeWith(
  port: number,
  bounds: UpstreamBoundsConfig,
  clock = new SimulatedClock(),
): Promise<RunningEdge & AsyncDisposable> {
  return edgeFor([port], { upstream: { bounds } }, { clock });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turns(1);
}

/** Resolves once so many requests wait for a connection. */
function waiting(edge: RunningEdge, count: number): Promise<void> {
  return until(() => edge.reading().upstreams[0]?.pending === count);
}

test("requests beyond the connections wait in line, those beyond the line get 503, and the first come is the first served", async () => {
  await using origin = await holding();
  await using edge = await edgeWith(origin.port, { connections: 1, pending: 2 });
  const asked = [ask(edge.port, { path: "/0" })];
  await until(() => origin.held.length === 1);
  for (const path of ["/1", "/2"]) {
    asked.push(ask(edge.port, { path }));
    await waiting(edge, asked.length - 1);
  }
  const refused = await ask(edge.port, { path: "/3" });
  assert.deepEqual(
    [refused.status, codeIn(refused), refused.headers["retry-after"]],
    [503, "OVERLOADED", "1"],
  );
  for (const at of [0, 1, 2]) {
    await until(() => origin.held.length === at + 1);
    origin.held[at]?.();
    assert.equal((await asked[at])?.body, `/${at}`);
  }
  assert.equal(origin.connections, 1);
});

test("who waits for too long gets 503, and its place is free again", async () => {
  const clock = new SimulatedClock();
  await using origin = await holding();
  await using edge = await edgeWith(origin.port, { connections: 1, pending: 1, pendingMs: 200 }, clock);
  const first = ask(edge.port);
  await until(() => origin.held.length === 1);
  const second = ask(edge.port, { method: "POST", body: "x" });
  await waiting(edge, 1);
  await clock.advance(1_000);
  const refused = await second;
  assert.deepEqual([refused.status, codeIn(refused)], [503, "OVERLOADED"]);
  const third = ask(edge.port, { path: "/third" });
  await waiting(edge, 1);
  origin.held[0]?.();
  await first;
  await until(() => origin.held.length === 2);
  origin.held[1]?.();
  assert.equal((await third).body, "/third");
});

test("no more requests are under way than there may be, whatever they wait for", async () => {
  await using origin = await holding();
  await using edge = await edgeWith(origin.port, { requests: 2 });
  const asked = [ask(edge.port), ask(edge.port)];
  await until(() => origin.held.length === 2);
  const refused = await ask(edge.port);
  assert.deepEqual([refused.status, codeIn(refused)], [503, "OVERLOADED"]);
  for (const answer of origin.held) answer();
  await Promise.all(asked);
  const next = ask(edge.port);
  await until(() => origin.held.length === 3);
  origin.held[2]?.();
  assert.equal((await next).status, 200);
});

test("a connection serves as many requests as it may, and no more", async () => {
  await using origin = await httpOrigin((_, response) => response.end());
  await using edge = await edgeWith(origin.port, { requestsPerConnection: 3 });
  for (let count = 0; count < 9; count++) assert.equal((await ask(edge.port)).status, 200);
  assert.equal(origin.connections, 3);
});
