import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import type { EdgeConfig } from "../config/index.ts";
import { ask, closedPort, configFor, httpOrigin } from "../testing/servers.ts";
import { HeldSockets } from "./held-sockets.ts";
import { EdgeProcess, until } from "./testing/edge-process.ts";
import { Operator, TOKEN } from "./testing/operator.ts";

/** Files and sockets that processes have open, in all. */
async function descriptors(pids: readonly number[]): Promise<number> {
  const counts = await Promise.all(pids.map(async (pid) => (await readdir(`/proc/${pid}/fd`)).length));
  return counts.reduce((sum, count) => sum + count, 0);
}

test("listeners, servers for operators and workers that came and went leave nothing open behind", async () => {
  await using origin = await httpOrigin((_, response) => response.end("ok"));
  const ports = [await closedPort(), await closedPort()];
  const [adminPort = 0, listenerPort = 0] = ports;
  const config: EdgeConfig = { ...configFor([origin.port]), workers: 2 };
  const [listener] = config.listeners;
  assert.ok(listener);
  const more: EdgeConfig = {
    ...config,
    listeners: [listener, { ...listener, port: listenerPort }],
    admin: { port: adminPort, token: TOKEN },
  };
  await using edge = await EdgeProcess.start(config);
  const round = async () => {
    // A supervisor sends the socket of what it adds.
    const sockets = new HeldSockets();
    const [, added] = await sockets.hold(more.listeners);
    assert.equal((await edge.update(more, added ? [added] : [])).error, undefined);
    sockets.close();
    assert.equal((await ask(listenerPort)).body, "ok");
    const operator = new Operator(adminPort);
    assert.ok((await operator.counters()).size > 0);
    const refused = { ...more, accessLog: { to: "/nowhere/access.log" } };
    assert.equal((await operator.call("PUT", "/config", refused)).status, 422);
    assert.equal((await edge.update(config)).error, undefined);
  };
  const open = async () => descriptors([edge.child.pid ?? 0, ...(await edge.workers())]);
  // What is loaded when it is first needed is open from then on.
  await round();
  const before = await open();
  for (let time = 0; time < 5; time++) await round();
  await until("as few as before", async () => (await open()) <= before);
  assert.equal((await edge.replaceWorkers()).error, undefined);
  assert.equal((await edge.workers()).length, 2);
  await until("as few with other workers", async () => (await open()) <= before);
});
