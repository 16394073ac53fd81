import assert from "node:assert/strict";
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { SimulatedClock } from "../../../../blocks/time/index.ts";
import { MetricFile } from "./metric-file.ts";
import type { MetricStore } from "./metric-store.ts";
import { Reporter, simulatedStore } from "./reporter.ts";
import { readStoredMetrics, StoredRuns } from "./stored-metrics.ts";

function scratch(context: { after(done: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), "trestle-metrics-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Lets a system run for a while: two replicas that report every five seconds, and a gauge every second. */
async function run(store: MetricStore, clock: SimulatedClock, file: MetricFile, seconds: number) {
  const reporters = [1, 2].map((number) => new Reporter(store, clock, "cumulative", `web.${number}`));
  const own = { unit: "By", part: "web", replica: "web.1" };
  for (let second = 1; second <= seconds; second++) {
    await clock.advance(1_000);
    store.gauge({ ...own, name: "memory", timeMs: clock.wallMs(), value: 1_000 + second });
    for (const reporter of reporters) {
      // A pause in the middle, in which nothing is asked.
      if (second < 0.4 * seconds || second > 0.6 * seconds) {
        reporter.count(2, { route: "/a" });
        reporter.took(0.002 * ((second % 40) + 1), { route: "/a" });
      }
      if (second % 5 === 0) reporter.report({ value: 0.08, traceId: `trace-${second}` });
    }
    if (second % 10 === 0) await file.flush();
  }
}

test("a stored run answers as the running one did", async (context) => {
  const runFolder = scratch(context);
  const { clock, store } = simulatedStore();
  const fromMs = clock.wallMs();
  const file = new MetricFile({ store, runFolder, clock });
  await run(store, clock, file, 600);
  const toMs = clock.wallMs();
  await file.close();
  const stored = await readStoredMetrics(runFolder);
  assert.deepEqual(stored.list(), store.list());
  const range = { fromMs, toMs, points: 60 };
  for (const query of [
    { name: "hits", as: "rate", ...range },
    { name: "took", as: "p90", by: "replica", ...range },
    { name: "took", as: "mean", where: { route: "/*" }, ...range },
    { name: "memory", as: "value", ...range },
  ] as const) {
    const [live, kept] = [store.query(query), stored.query(query)];
    assert.equal(kept.series.length, live.series.length);
    assert.deepEqual([kept.unit, kept.kind, kept.steps], [live.unit, live.kind, live.steps]);
    live.series.forEach(({ values }, line) => {
      values.forEach((value, step) => {
        const other = kept.series[line]?.values[step] ?? null;
        const isClose =
          value === null ? other === null : Math.abs((other ?? 0) - value) <= 0.02 * (1 + value);
        assert.ok(isClose, `${query.name} as ${query.as}: ${other} for ${value} in step ${step}`);
      });
    });
  }
  const heatmap = { name: "took", as: "rate", ...range } as const;
  assert.deepEqual(stored.heatmap(heatmap).bounds, store.heatmap(heatmap).bounds);
  assert.ok(stored.heatmap(heatmap).exemplars.length > 10);
  assert.equal(
    stored.reader.increase({ name: "hits" }, fromMs, toMs),
    store.increase({ name: "hits" }, fromMs, toMs),
  );
});

test("a killed supervisor's run is known up to ten seconds before, and a line that was cut off is passed over", async (context) => {
  const runFolder = scratch(context);
  const { clock, store } = simulatedStore();
  const fromMs = clock.wallMs();
  const file = new MetricFile({ store, runFolder, clock });
  await run(store, clock, file, 100);
  // As kill -9 would leave it: not closed, and in the middle of writing.
  const killed = scratch(context);
  cpSync(runFolder, killed, { recursive: true });
  const [name = ""] = readdirSync(join(killed, "metrics"));
  const path = join(killed, "metrics", name);
  appendFileSync(path, '{"at":1767225700000,"samples":[[0,10000,0,99999');
  const whole = store.increase({ name: "hits" }, fromMs, clock.wallMs());
  const stored = await readStoredMetrics(killed);
  assert.ok(stored.toMs >= clock.wallMs() - 10_000);
  assert.equal(stored.reader.increase({ name: "hits" }, fromMs, clock.wallMs()), whole);
  const lines = readFileSync(path, "utf8").split("\n");
  for (const damage of [
    "null",
    "[]",
    '{"at":-1,"samples":[]}',
    '{"samples":[[1]],"at":5}',
    '{"series":"x"}',
    "\u0000",
  ]) {
    lines.splice(3, 0, damage);
  }
  writeFileSync(path, lines.join("\n"));
  const damaged = await readStoredMetrics(killed);
  assert.equal(damaged.reader.increase({ name: "hits" }, fromMs, clock.wallMs()), whole);
  await file.close();
});

test("a long run stays within its bytes by telling less exactly when, and no count is lost", async (context) => {
  const runFolder = scratch(context);
  const { clock, store } = simulatedStore();
  const fromMs = clock.wallMs();
  const bytesMax = 60_000;
  const file = new MetricFile({ store, runFolder, clock, bytesMax });
  await run(store, clock, file, 6_000);
  const whole = { name: "hits" };
  const hits = store.increase(whole, fromMs, clock.wallMs());
  await file.close();
  const folder = join(runFolder, "metrics");
  const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  assert.ok(bytes <= 1.1 * bytesMax, `${bytes} bytes`);
  assert.ok(bytes >= 0.5 * bytesMax, `${bytes} bytes use what there is`);
  const stored = await readStoredMetrics(runFolder);
  const kept = stored.reader.increase(whole, fromMs - 1, clock.wallMs());
  assert.ok(Math.abs(kept - hits) < 1e-6 * hits, `${kept} of ${hits}`);
  const took = stored.reader.histogram({ name: "took" }, fromMs - 1, clock.wallMs());
  assert.ok(Math.abs((took?.count ?? 0) - hits / 2) < 1e-6 * hits);
  const memory = stored.query({ name: "memory", as: "value", fromMs, toMs: clock.wallMs(), points: 10 });
  assert.ok(memory.series[0]?.values.every((value) => value !== null));
});

test("a merged file stands for the files that it was made of, although one of them is still there", async (context) => {
  const runFolder = scratch(context);
  const { clock, store } = simulatedStore();
  const fromMs = clock.wallMs();
  const file = new MetricFile({ store, runFolder, clock });
  await run(store, clock, file, 100);
  await file.close();
  const folder = join(runFolder, "metrics");
  const text = readFileSync(join(folder, "000001.jsonl"), "utf8");
  writeFileSync(join(folder, "000002.jsonl"), text.replace('"first":1,"last":1', '"first":2,"last":2'));
  const twice = await readStoredMetrics(runFolder);
  const hits = store.increase({ name: "hits" }, fromMs, clock.wallMs());
  assert.notEqual(twice.reader.increase({ name: "hits" }, 0, clock.wallMs()), hits);
  writeFileSync(join(folder, "000001.jsonl"), text.replace('"first":1,"last":1', '"first":1,"last":2'));
  const once = await readStoredMetrics(runFolder);
  assert.equal(once.reader.increase({ name: "hits" }, fromMs, clock.wallMs()), hits);
});

test("runs that were read stay in memory until they change, and a run without metrics has none", async (context) => {
  const runFolder = scratch(context);
  const { clock, store } = simulatedStore();
  await using file = new MetricFile({ store, runFolder, clock });
  await run(store, clock, file, 20);
  const runs = new StoredRuns();
  const first = await runs.read(runFolder);
  assert.equal(await runs.read(runFolder), first);
  await run(store, clock, file, 20);
  assert.notEqual(await runs.read(runFolder), first);
  const empty = await runs.read(join(runFolder, "nothing"));
  assert.deepEqual([empty.list(), empty.fromMs, empty.toMs], [[], 0, 0]);
});

test("a folder that cannot be written to troubles nobody", async (context) => {
  const runFolder = scratch(context);
  writeFileSync(join(runFolder, "metrics"), "in the way");
  const { clock, store } = simulatedStore();
  const file = new MetricFile({ store, runFolder, clock });
  await run(store, clock, file, 20);
  rmSync(join(runFolder, "metrics"));
  await run(store, clock, file, 20);
  await file.close();
  const stored = await readStoredMetrics(runFolder);
  assert.ok(stored.list().length > 0, "and it is written again as soon as it can be");
});
