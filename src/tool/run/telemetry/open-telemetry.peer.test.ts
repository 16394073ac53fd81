import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import type { Figures, LogAnswer, TraceSummary, TraceView } from "../../control-api/index.ts";
import { until } from "../testdata/stage.ts";
import { ask, edge, HEALTHZ, run, service, serviceFile } from "../testdata/system.ts";

/**
 * A system of two services that know nothing of Trestle: a Python program that speaks OTLP/JSON by hand, and a Node program with
 * OpenTelemetry's own SDK, which uses a cache and a database.
 */
async function stage(t: TestContext, environment: Record<string, string> = {}) {
  const front = await edge("front", "gateway");
  const staged = await run(
    t,
    [
      { kind: "cache", name: "hot", memoryBytes: 8 * 1024 * 1024 },
      { kind: "database", name: "links" },
      service("api", {
        program: { command: [process.execPath, serviceFile("traced.cjs")] },
        uses: { hot: "hot", links: "links" },
        health: HEALTHZ,
        environment,
      }),
      service("gateway", {
        program: { command: ["python3", serviceFile("traced.py")] },
        uses: { api: "api" },
      }),
      front,
    ],
    { telemetry: { traces: { share: 1, perSecondMax: 50, slowMs: 500 }, record: false } },
  );
  await staged.system.ready;
  const { port, token } = JSON.parse(readFileSync(join(staged.stateFolder, "control.json"), "utf8"));
  const get = async <Answer>(path: string): Promise<Answer> => {
    const response = await fetch(`http://127.0.0.1:${port}/v1/${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(response.status, 200, path);
    return (await response.json()) as Answer;
  };
  /** The newest trace whose root asked for a path, once it is whole. */
  const traceOf = async (path: string): Promise<TraceView> => {
    let view: TraceView | undefined;
    await until(`the trace of ${path}`, async () => {
      const { data } = await get<{ data: TraceSummary[] }>(`traces?text=${encodeURIComponent(path)}`);
      const [found] = data.filter(({ incomplete, parts }) => !incomplete && parts.length >= 3);
      view = found && (await get<TraceView>(`traces/${found.traceId}`));
      return view?.spans.some(({ peer }) => peer === "links") ?? false;
    });
    assert.ok(view);
    return view;
  };
  return { ...staged, front, get, traceOf };
}

/** From the span of the leaf to the root: `links < api < …`. */
function lineage({ spans }: TraceView, leaf: (span: TraceView["spans"][number]) => boolean): string[] {
  const names: string[] = [];
  for (let span = spans.find(leaf); span; ) {
    names.push(span.part);
    const parent = span.parentSpanId;
    span = spans.find(({ spanId }) => spanId === parent);
  }
  return names;
}

describe("services with OpenTelemetry's own SDKs", () => {
  test("are traced end to end, from the edge to the cache and the database", async (t) => {
    const { front, traceOf, get } = await stage(t);
    assert.deepEqual(JSON.parse((await ask(front.port, "/whole")).body), { answer: 42 });
    const view = await traceOf("/whole");
    for (const peer of ["hot", "links"]) {
      const parts = lineage(view, (span) => span.peer === peer && span.kind === "client");
      const seen = parts.filter((part, at) => part !== parts[at - 1]);
      assert.deepEqual(seen, ["api", "internal-edge", "gateway", "front"], peer);
    }
    assert.equal(view.summary.part, "front");
    assert.equal(view.summary.errors, 0);
    assert.equal(view.spans.find(({ part }) => part === "api")?.replica, "api.1");
    const logs = await get<LogAnswer>(`logs/search?traceId=${view.summary.traceId}`);
    assert.deepEqual(
      logs.entries.map(({ part, text, source }) => ({ part, text, source })),
      [{ part: "gateway", text: "asked for /whole", source: "otlp" }],
    );
  });

  test("show what failed, and their use of each other on the map", async (t) => {
    const { front, traceOf, get } = await stage(t);
    assert.equal((await ask(front.port, "/broken")).status, 500);
    const view = await traceOf("/broken");
    assert.ok(view.summary.errors > 0);
    const { data } = await get<{ data: TraceSummary[] }>("traces?status=error&part=api");
    assert.ok(data.some(({ traceId }) => traceId === view.summary.traceId));
    await until("the links of the map", async () => {
      const { links } = await get<Figures>("figures");
      return links.every(({ requests }) => requests !== undefined);
    });
    const { links } = await get<Figures>("figures");
    assert.deepEqual(links.map(({ from, to }) => `${from} ${to}`).sort(), [
      "api hot",
      "api links",
      "front gateway",
      "gateway api",
    ]);
  });

  test("may speak gRPC on the same port", async (t) => {
    const { front, traceOf } = await stage(t, { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" });
    await ask(front.port, "/by-grpc");
    const view = await traceOf("/by-grpc");
    assert.ok(view.spans.some(({ part, peer }) => part === "api" && peer === "hot"));
  });
});
