import assert from "node:assert/strict";
import { test } from "node:test";
import type { Attributes, MetricData } from "../../../../blocks/telemetry/otlp/model.ts";
import { SimulatedClock } from "../../../../blocks/time/index.ts";
import type { PartDirectory } from "../part-directory.ts";
import { MetricStore } from "./metric-store.ts";
import { plainDirectory } from "./reporter.ts";

/** A database that listens at 5432, then elsewhere. */
function movingDirectory(): PartDirectory & { port: number } {
  const directory = {
    ...plainDirectory,
    port: 5432,
    peerOf: (attributes: Attributes) => (attributes["server.port"] === directory.port ? "links" : undefined),
  };
  return directory;
}

function metric(name: string, attributes: Attributes, value: number, timeMs: number): MetricData {
  return {
    name,
    unit: "{call}",
    description: "",
    kind: "sum",
    monotonic: true,
    temporality: "delta",
    points: [{ attributes, startUs: (timeMs - 1_000) * 1_000, timeUs: timeMs * 1_000, value, exemplars: [] }],
  };
}

test("what clients measure is kept under the name of the part that they call, whatever its port", async () => {
  const clock = new SimulatedClock();
  const directory = movingDirectory();
  const store = new MetricStore({ clock, directory });
  const beganMs = clock.wallMs();
  const tell = async (name: string, attributes: Attributes, value: number) => {
    await clock.advance(1_000);
    const items = [metric(name, attributes, value, clock.wallMs())];
    const resource = { attributes: { "service.name": "shortener" } };
    store.take({ resource, scope: { name: "sdk", version: "" }, items });
  };
  await tell("db.client.operation.count", { "server.port": 5432 }, 3);
  directory.port = 6543;
  await tell("db.client.operation.count", { "server.port": 6543 }, 4);
  await tell("db.client.operation.count", { "server.port": 443 }, 5);
  await tell("http.client.requests", { "server.port": 6543, "trestle.peer": "other" }, 6);
  await tell("jobs.done", { "server.port": 6543 }, 7);

  const byPeer = (name: string) => {
    const increases = store.increaseBy({ name }, "trestle.peer", beganMs, clock.wallMs());
    return Object.fromEntries([...increases].map(([peer, count]) => [peer, Math.round(count)]));
  };
  assert.deepEqual(
    byPeer("db.client.operation.count"),
    { links: 7 },
    "and of no part what is called outside",
  );
  assert.deepEqual(byPeer("http.client.requests"), { other: 6 }, "what a program says itself is believed");
  assert.deepEqual(byPeer("jobs.done"), {}, "only what clients measure speaks of another");
});
