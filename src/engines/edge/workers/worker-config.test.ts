import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { EdgeConfig } from "../config/index.ts";
import { configOfWorker, workersOf } from "./worker-config.ts";

const http = { host: "127.0.0.1", port: 80, routes: [] };
const names = { kind: "udp", host: "127.0.0.1", port: 53, to: "names" } as const;

function config(workers: number, ...listeners: EdgeConfig["listeners"]): EdgeConfig {
  return { workers, listeners, upstreams: {}, admin: { port: 0, token: "t" } };
}

describe("the configuration of a worker", () => {
  test("has datagrams come to the first alone", () => {
    const whole = config(3, http, names);
    assert.deepEqual(configOfWorker(whole, 1).listeners, [http, names]);
    assert.deepEqual(configOfWorker(whole, 2).listeners, [http]);
  });

  test("is that of an edge which serves alone, and nothing to operators", () => {
    const { workers, admin } = configOfWorker(config(3, http), 2);
    assert.deepEqual([workers, admin], [1, undefined]);
  });

  test("has it trace, and leave metrics to be sent for all workers together", () => {
    const telemetry = {
      endpoint: "http://127.0.0.1:4318",
      service: { name: "front" },
      traces: { share: 0.5 },
    };
    const { telemetry: own } = configOfWorker({ ...config(3, http), telemetry }, 2);
    assert.deepEqual(own, { ...telemetry, metricsIntervalMs: 0 });
  });
});

describe("the number of workers", () => {
  test("is what the configuration says, and 64 at most", () => {
    assert.equal(workersOf(config(3, http, names)), 3);
    assert.equal(workersOf(config(1_000, http)), 64);
    const { workers: _, ...rest } = config(1, http);
    assert.equal(workersOf(rest), 1);
  });

  test("is one where there are datagrams alone", () => {
    assert.equal(workersOf(config(3, names)), 1);
  });
});
