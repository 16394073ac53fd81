import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "../../../blocks/time/index.ts";
import { ask, closedPort, configFor, edgeFor, httpOrigin, turns } from "../testing/servers.ts";

const health = { path: "/healthz", intervalMs: 1_000, timeoutMs: 400, unhealthyAfter: 2, healthyAfter: 2 };

/** A clock, and an edge in front of one server whose health a test decides, with a log of what the edge says. */
async function scene(more: { random?: () => number; panicShare?: number } = {}) {
  const state = { status: 200, checks: 0 };
  const origin = await httpOrigin((incoming, response) => {
    if (incoming.url !== "/healthz") {
      response.end("served");
      return;
    }
    state.checks += 1;
    if (state.status > 0) response.writeHead(state.status).end();
  });
  const clock = new SimulatedClock();
  const said: string[] = [];
  const edge = await edgeFor(
    [origin.port],
    { health, upstream: { panicShare: more.panicShare ?? 0 } },
    {
      clock,
      random: more.random ?? (() => 0),
      onEvent: ({ id, state: now, reason }) => said.push(`${id} ${now}: ${reason}`),
    },
  );
  /** Lets one more check begin and, unless it is to hang, end. */
  const check = async () => {
    const before = state.checks;
    while (state.checks === before) {
      await clock.advance(100);
      await turns();
    }
    await turns();
  };
  const close = async () => {
    await edge.close();
    await origin.kill();
    assert.equal(clock.pendingTimers, 0);
  };
  return { state, clock, said, edge, origin, check, [Symbol.asyncDispose]: close };
}

test("as many failed checks as configured take an endpoint out, and as many passed ones bring it back", async () => {
  await using it = await scene();
  await it.check();
  it.state.status = 500;
  await it.check();
  assert.equal((await ask(it.edge.port)).body, "served");
  await it.check();
  assert.equal((await ask(it.edge.port)).status, 503);
  it.state.status = 204;
  await it.check();
  assert.equal((await ask(it.edge.port)).status, 503);
  await it.check();
  assert.equal((await ask(it.edge.port)).body, "served");
  assert.deepEqual(it.said, [
    "service.1 down: GET /healthz answered 500",
    "service.1 up: GET /healthz answered 204",
  ]);
});

test("a check that is not answered in time has failed", async () => {
  await using it = await scene();
  it.state.status = 0;
  await it.check();
  await it.clock.advance(400);
  await it.check();
  await it.clock.advance(400);
  await turns();
  assert.deepEqual(it.said, ["service.1 down: GET /healthz gave no answer in 400 ms"]);
});

test("a process that is gone is taken out by the first check", async () => {
  await using it = await scene();
  await it.check();
  await it.origin.kill();
  while (it.said.length === 0) {
    await it.clock.advance(100);
    await turns();
  }
  assert.deepEqual(it.said, ["service.1 down: GET /healthz failed (ECONNREFUSED)"]);
});

test("checks come once an interval, the first after a random part of it", async () => {
  await using it = await scene({ random: () => 0.5 });
  await it.clock.advance(499);
  await turns();
  assert.equal(it.state.checks, 0);
  await it.clock.advance(1);
  await turns(50);
  assert.equal(it.state.checks, 1);
});

test("each wait is up to a tenth of the interval shorter or longer", async () => {
  for (const [lot, waitMs] of [
    [0, 900],
    [0.999, 1_099],
  ] as const) {
    await using it = await scene({ random: () => lot });
    await it.check();
    const before = it.state.checks;
    await it.clock.advance(waitMs - 101);
    await turns();
    assert.equal(it.state.checks, before);
    await it.clock.advance(102);
    await turns(50);
    assert.equal(it.state.checks, before + 1);
  }
});

test("an update ends the checks of what it removed and changes those of what stays", async () => {
  await using it = await scene();
  await it.check();
  await it.edge.update(configFor([it.origin.port]));
  assert.equal(it.clock.pendingTimers, 0);
  await it.edge.update(configFor([it.origin.port], { health: { ...health, path: "/elsewhere" } }));
  assert.equal(it.clock.pendingTimers, 1);
  await it.edge.update(configFor([]));
  assert.equal(it.clock.pendingTimers, 0);
});

test("an endpoint that a request found gone is checked at once", async () => {
  const clock = new SimulatedClock();
  const port = await closedPort();
  const said: string[] = [];
  await using edge = await edgeFor(
    [port],
    { health },
    { clock, random: () => 0.9, onEvent: (event) => said.push(event.state) },
  );
  assert.equal((await ask(edge.port)).status, 503);
  const { createServer } = await import("node:http");
  const revived = createServer((_, response) => response.end("back")).listen(port, "127.0.0.1");
  await new Promise((resolve) => revived.once("listening", resolve));
  while (said.length < 2) {
    await clock.advance(100);
    await turns();
  }
  assert.deepEqual(said, ["down", "up"]);
  assert.equal((await ask(edge.port)).body, "back");
  revived.close();
  revived.closeAllConnections();
});
