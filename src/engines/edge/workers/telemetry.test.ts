import assert from "node:assert/strict";
import { test } from "node:test";
import { testCollector } from "../testing/collector.ts";
import { ask, configFor, httpOrigin } from "../testing/servers.ts";
import { EdgeProcess, until } from "./testing/edge-process.ts";
import { eachAlone } from "./testing/turns-of-workers.ts";

test("two workers tell of their own spans, and their primary what both have counted, one that was killed included", async () => {
  await using collector = await testCollector();
  await using origin = await httpOrigin((_, response) => response.end("ok"));
  const telemetry = { endpoint: collector.endpoint, service: { name: "front" }, metricsIntervalMs: 200 };
  const config = { ...configFor([origin.port], { telemetry }), workers: 2 };
  await using edge = await EdgeProcess.start(config);
  const [first = 0] = await edge.workers();
  let asked = 0;
  await eachAlone(await edge.workers(), async () => {
    for (let at = 0; at < 3; at++) await ask(edge.port);
    asked += 3;
  });
  const counted = () => {
    const metric = collector.metric("http.server.request.duration");
    return metric?.kind === "histogram" ? metric.points.reduce((sum, { count }) => sum + count, 0) : 0;
  };
  await until("the sum of both", () => counted() === asked);
  await until("every span", () => collector.spans.length === 2 * asked);
  const processes = new Set(collector.resources.map(({ attributes }) => attributes["process.pid"]));
  for (const pid of [edge.child.pid, ...(await edge.workers())]) assert.ok(processes.has(pid ?? 0));
  process.kill(first, "SIGKILL");
  await edge.next("worker");
  for (let at = 0; at < 2; at++) await ask(edge.port);
  await until("no step back", () => counted() === asked + 2);
});
