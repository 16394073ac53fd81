import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { EdgeMetrics } from "../observe/metrics.ts";
import type { MeteredNames, MetricsSnapshot } from "../observe/metrics-snapshot.ts";
import { record } from "../observe/testing/records.ts";
import { upstreamStatus } from "../observe/testing/statuses.ts";
import type { EdgeReading } from "../observe/upstream-status.ts";
import { WorkerReadings } from "./worker-readings.ts";

const NAMES: MeteredNames = {
  routes: ["/things/*"],
  upstreams: [["shop", ["shop.1"]]],
  listeners: ["127.0.0.1:80"],
};

/** A process that counts requests. */
class Counting {
  readonly #metrics = new EdgeMetrics();

  constructor() {
    this.#metrics.configure(NAMES);
  }

  serve(): void {
    this.#metrics.exchangeDone(record());
  }

  reading(): EdgeReading {
    return { metrics: this.#metrics.snapshot(), upstreams: [upstreamStatus({ requests: 1 })] };
  }
}

function served({ metrics }: { readonly metrics: MetricsSnapshot }): number {
  return (metrics.trestle_edge_requests ?? []).reduce((sum, { values }) => sum + (values[0] ?? 0), 0);
}

type Step = { readonly does: "join" | "serve" | "tell" | "leave"; readonly at: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ does: fc.constantFrom("join", "serve", "serve", "tell", "tell", "leave"), at: fc.nat(3) }),
  { size: "max", maxLength: 200 },
);

describe("the numbers of several processes", () => {
  test("never fall while the configuration is the same, and are what each told last", () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const readings = new WorkerReadings();
        readings.configure(NAMES);
        const living: (Counting | undefined)[] = [];
        const told = new Map<object, number>();
        let before = 0;
        for (const { does, at } of taken) {
          const process = living[at];
          if (does === "join" && !process) {
            living[at] = new Counting();
            readings.join(living[at]);
          } else if (does === "serve") process?.serve();
          else if (does === "tell" && process) {
            readings.take(process, process.reading());
            told.set(process, served(process.reading()));
          } else if (does === "leave" && process) {
            readings.leave(process);
            living[at] = undefined;
          }
          const now = served(readings.total());
          assert.ok(now >= before);
          assert.equal(
            now,
            [...told.values()].reduce((sum, one) => sum + one, 0),
          );
          before = now;
        }
      }),
      { numRuns: 50 },
    );
  });

  test("count for nothing when they come after the end", () => {
    const readings = new WorkerReadings();
    readings.configure(NAMES);
    const process = new Counting();
    process.serve();
    readings.join(process);
    readings.take(process, process.reading());
    readings.leave(process);
    readings.take(process, process.reading());
    readings.leave(process);
    assert.equal(served(readings.total()), 1);
    assert.deepEqual(readings.total().upstreams, []);
  });

  test("are told together with how the upstreams stand in those that live", () => {
    const readings = new WorkerReadings();
    readings.configure(NAMES);
    for (let count = 0; count < 2; count++) {
      const process = new Counting();
      readings.join(process);
      readings.take(process, process.reading());
    }
    readings.join({});
    assert.equal(readings.total().upstreams[0]?.requests, 2);
  });

  test("of those that are gone go with what the configuration no longer names", () => {
    const readings = new WorkerReadings();
    readings.configure(NAMES);
    const process = new Counting();
    process.serve();
    readings.join(process);
    readings.take(process, process.reading());
    readings.leave(process);
    readings.configure({ ...NAMES, routes: [] });
    assert.equal(served(readings.total()), 0);
    readings.configure(NAMES);
    assert.equal(served(readings.total()), 0);
  });
});
