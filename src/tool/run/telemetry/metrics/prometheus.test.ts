import assert from "node:assert/strict";
import { test } from "node:test";
import { prometheusLabel, prometheusName } from "./prometheus-name.ts";
import { Reporter, SECOND_BOUNDS, simulatedStore } from "./reporter.ts";

test("names are those that OpenTelemetry's exporters give", () => {
  const names: [string, string, "counter" | "gauge" | "histogram", string][] = [
    ["http.server.request.duration", "s", "histogram", "http_server_request_duration_seconds"],
    ["redis.memory.used", "By", "gauge", "redis_memory_used_bytes"],
    ["redis.keyspace.hits", "{hit}", "counter", "redis_keyspace_hits_total"],
    ["jobs.total", "1", "counter", "jobs_total"],
    ["process.cpu.utilization", "1", "gauge", "process_cpu_utilization_ratio"],
    ["disk.io", "By/s", "gauge", "disk_io_bytes_per_second"],
    ["wait_seconds", "s", "gauge", "wait_seconds"],
    ["9 lives--left", "", "gauge", "_9_lives_left"],
    ["größe", "{größe}", "gauge", "gr_e"],
  ];
  for (const [name, unit, kind, expected] of names) assert.equal(prometheusName(name, unit, kind), expected);
  assert.equal(prometheusLabel("http.route"), "http_route");
  assert.equal(prometheusLabel("le"), "exported_le");
  assert.equal(prometheusLabel("__name__"), "key__name__");
  assert.equal(prometheusLabel("4"), "key_4");
});

test("the text is of the format, whatever names and values there are", async () => {
  const { clock, store } = simulatedStore();
  const reporter = new Reporter(store, clock, "cumulative", 'we"b\\.1\n');
  await clock.advance(1_000);
  reporter.count(3, { route: '/a"b\\c\nd', "http.route": "x", http_route: "y", le: "0.5", job: "mine" });
  reporter.count(2, { "": "empty", ключ: "значение" });
  for (const seconds of [0.003, 0.02, 0.02, 7]) reporter.took(seconds, { route: "/a" });
  reporter.report();
  const own = { part: "hot", replica: "hot", timeMs: clock.wallMs() };
  store.gauge({
    ...own,
    name: "redis.memory.used",
    unit: "By",
    description: "Mem\\ory\nused",
    value: 1.5e21,
  });
  store.gauge({ ...own, name: "redis.memory.used.bytes", unit: "", value: -3 });
  for (const value of [0, 0.004, 0.1, 3_000]) store.observe({ ...own, name: "link", unit: "s", value });
  await clock.advance(1_500);
  const families = parse(store.prometheusText());
  assert.deepEqual(
    [...families.keys()],
    ["hits_total", "link_seconds", "redis_memory_used_bytes", "took_seconds"],
  );
  const took = families.get("took_seconds");
  assert.equal(took?.help, "How long it took.");
  const buckets = took?.samples.filter(({ name }) => name === "took_seconds_bucket") ?? [];
  assert.deepEqual(
    buckets.map(({ labels, value }) => [labels.get("le"), value]),
    [...SECOND_BOUNDS.map(String), "+Inf"].map((bound, index) => [bound, [1, 1, 3, 3, 3, 3, 3, 3, 4][index]]),
  );
  const hits = families.get("hits_total")?.samples.find(({ value }) => value === 3);
  assert.deepEqual(Object.fromEntries(hits?.labels ?? []), {
    job: 'we"b\\',
    instance: 'we"b\\.1\n',
    route: '/a"b\\c\nd',
    http_route: "x;y",
    exported_le: "0.5",
    exported_job: "mine",
  });
});

test("what has been silent for five minutes is left out, and an empty store has an empty text", async () => {
  const { clock, store } = simulatedStore();
  assert.equal(store.prometheusText(), "");
  store.gauge({ name: "depth", unit: "", part: "web", replica: "web.1", timeMs: clock.wallMs(), value: 1 });
  assert.match(store.prometheusText(), /^# TYPE depth gauge\ndepth\{job="web",instance="web\.1"\} 1\n$/);
  await clock.advance(301_000);
  assert.equal(store.prometheusText(), "");
});

interface Sample {
  readonly name: string;
  readonly labels: Map<string, string>;
  readonly value: number;
}

interface Family {
  readonly type: string;
  readonly help: string | undefined;
  readonly samples: Sample[];
}

/**
 * The grammar of the text format, strictly: every family is described once, before its samples, which stand together; names and labels
 * are of the permitted characters; no sample stands twice; buckets of a histogram rise and end in `+Inf`, which is the count.
 */
function parse(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  assert.ok(text.endsWith("\n"), "the last line ends");
  let help: [string, string] | undefined;
  let current: [string, Family] | undefined;
  const seen = new Set<string>();
  for (const line of text.slice(0, -1).split("\n")) {
    const helpLine = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/.exec(line);
    const typeLine = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/.exec(line);
    if (helpLine) {
      assert.ok(
        !/\\[^\\n]|\\$/.test((helpLine[2] ?? "").replaceAll("\\\\", "")),
        "only \\\\ and \\n are escaped",
      );
      help = [helpLine[1] ?? "", helpLine[2] ?? ""];
    } else if (typeLine) {
      const [, name = "", type = ""] = typeLine;
      assert.ok(!families.has(name), `${name} is described once`);
      assert.ok(!help || help[0] === name, "help is of the family that follows");
      current = [name, { type, help: help?.[1], samples: [] }];
      families.set(...current);
      help = undefined;
    } else {
      const sample = parseSample(line);
      assert.ok(current, "a sample follows its family's description");
      const endings = current[1].type === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
      assert.ok(
        endings.some((ending) => sample.name === current?.[0] + ending),
        `${sample.name} is in its family`,
      );
      const key = JSON.stringify([sample.name, [...sample.labels].sort()]);
      assert.ok(!seen.has(key), `${key} stands once`);
      seen.add(key);
      current[1].samples.push(sample);
    }
  }
  for (const [name, family] of families) if (family.type === "histogram") checkHistogram(name, family);
  return families;
}

function parseSample(line: string): Sample {
  const whole =
    /^([a-zA-Z_:][a-zA-Z0-9_:]*)\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*)\} (\S+)$/.exec(
      line,
    );
  assert.ok(whole, `a sample is of the form: ${line}`);
  const [, name = "", labelText = "", valueText = ""] = whole;
  assert.ok(!labelText.endsWith(","), "no comma at the end");
  const labels = new Map<string, string>();
  for (const [, label = "", text = ""] of labelText.matchAll(
    /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g,
  )) {
    assert.ok(!labels.has(label), `${label} stands once`);
    labels.set(
      label,
      text.replace(/\\(.)/g, (_, each: string) => (each === "n" ? "\n" : each)),
    );
  }
  assert.match(valueText, /^(\+Inf|-Inf|[+-]?\d+(\.\d+)?(e[+-]?\d+)?)$/);
  return { name, labels, value: Number(valueText.replace("Inf", "Infinity")) };
}

function checkHistogram(name: string, { samples }: Family): void {
  const last = new Map<string, { bound: number; value: number }>();
  for (const sample of samples) {
    const { le, ...others } = Object.fromEntries(sample.labels);
    const key = JSON.stringify(others);
    if (sample.name === `${name}_bucket`) {
      const bound = le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le);
      const before = last.get(key);
      assert.ok(!before || (bound > before.bound && sample.value >= before.value), `buckets of ${name} rise`);
      last.set(key, { bound, value: sample.value });
    } else if (sample.name === `${name}_count`) {
      assert.deepEqual(last.get(key), { bound: Number.POSITIVE_INFINITY, value: sample.value });
    }
  }
}
