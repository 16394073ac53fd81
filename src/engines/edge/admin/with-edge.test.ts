import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { seededRandom, systemClock } from "../../../blocks/time/index.ts";
import type { EdgeConfig } from "../config/index.ts";
import { RequestIds } from "../exchange/request-id.ts";
import { EdgeMetrics } from "../observe/metrics.ts";
import { ask, configFor, edgeFor, gate, httpOrigin, turns } from "../testing/servers.ts";
import { startAdmin } from "./admin-server.ts";
import type { EdgeControl } from "./edge-control.ts";
import { TOKEN } from "./testing/scene.ts";

test("replicas are added and removed by the admin API while the edge serves", async () => {
  await using one = await httpOrigin((_, response) => response.end("1"));
  await using two = await httpOrigin((_, response) => response.end("2"));
  await using edge = await edgeFor([one.port]);
  let config: EdgeConfig = configFor([one.port]);
  const control: EdgeControl = {
    state: () => "serving",
    config: () => config,
    async update(next) {
      const changed = next(config);
      const done = await edge.update(changed);
      config = changed;
      return done;
    },
    clusters: async () => [],
    metrics: async () => new EdgeMetrics().snapshot(),
    drain() {},
  };
  const requestIds = new RequestIds(seededRandom(1));
  await using admin = await startAdmin(
    { port: 0, token: TOKEN },
    { control, clock: systemClock, requestIds },
  );
  const use = async (...ports: number[]) => {
    const endpoints = ports.map((port) => ({ id: `service.${port}`, host: "127.0.0.1", port }));
    const headers = ["Authorization", `Bearer ${TOKEN}`];
    const body = JSON.stringify({ endpoints });
    return ask(admin.port, { method: "PUT", path: "/clusters/service/endpoints", headers, body });
  };
  const served = async () => {
    const bodies = [];
    for (let time = 0; time < 4; time++) bodies.push((await ask(edge.port)).body);
    return new Set(bodies);
  };
  assert.deepEqual(await served(), new Set(["1"]));
  assert.deepEqual(JSON.parse((await use(one.port, two.port)).body), { drained: true });
  assert.deepEqual(await served(), new Set(["1", "2"]));
  assert.deepEqual(JSON.parse((await use(two.port)).body), { drained: true });
  assert.deepEqual(await served(), new Set(["2"]));
});

test("an edge that its operators drain tells so, lets endpoints go, and listens nowhere else", async () => {
  const held = gate();
  await using slow = await httpOrigin((_, response) => void held.opened.then(() => response.end("late")));
  let drained = 0;
  const onDrained = () => {
    drained += 1;
  };
  const admin = { port: 0, token: TOKEN };
  const limits = { drainTimeoutMs: 20_000 };
  await using edge = await edgeFor([slow.port], { admin, limits }, { onDrained });
  const adminPort = edge.adminPort ?? 0;
  const headers = ["Authorization", `Bearer ${TOKEN}`];
  const call = (method: string, path: string, json?: object) =>
    ask(adminPort, { method, path, headers, ...(json ? { body: JSON.stringify(json) } : {}) });
  const asked = once(slow.server, "request");
  const answer = ask(edge.port);
  await asked;
  for (let time = 0; time < 2; time++) assert.equal((await call("POST", "/drain")).status, 202);
  assert.equal((await call("GET", "/health")).status, 503);
  const config = JSON.parse((await call("GET", "/config")).body) as EdgeConfig;
  const listeners = [...config.listeners, { host: "127.0.0.1", port: 0, routes: [] }];
  assert.equal((await call("PUT", "/config", { ...config, listeners })).status, 503);
  const leaving = call("PUT", "/clusters/service/endpoints", { endpoints: [] });
  const endpoints = async () => (await call("GET", "/clusters/service/endpoints")).body;
  while ((await endpoints()) !== '{"endpoints":[]}\n') await turns();
  held.open();
  assert.equal((await answer).body, "late");
  assert.deepEqual(JSON.parse((await leaving).body), { drained: true });
  await edge.drain();
  assert.equal(drained, 1);
  await assert.rejects(call("GET", "/health"), { code: "ECONNREFUSED" });
});
