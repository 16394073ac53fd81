import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom, systemClock } from "../../../blocks/time/index.ts";
import type { EdgeConfig } from "../config/index.ts";
import { RequestIds } from "../exchange/request-id.ts";
import { EdgeMetrics } from "../observe/metrics.ts";
import { ask, configFor, edgeFor, httpOrigin } from "../testing/servers.ts";
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
