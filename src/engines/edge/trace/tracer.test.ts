import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:http2";
import { test } from "node:test";
import type { SpanData } from "../../../blocks/telemetry/otlp/model.ts";
import { seededRandom } from "../../../blocks/time/index.ts";
import type { EdgeConfig, TracesConfig } from "../config/index.ts";
import { type ExchangeScene, exchangeScene } from "../exchange/testing/exchange-scene.ts";
import {
  ask,
  closedPort,
  exchangeRaw,
  httpOrigin,
  type Origin,
  RawClient,
  rawOrigin,
  turns,
} from "../testing/servers.ts";
import { Tracer } from "./tracer.ts";

const CALLER = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
const PARENT = `00-${CALLER.traceId}-${CALLER.spanId}-01`;
const FORM = /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/;

interface TracedScene extends AsyncDisposable {
  readonly scene: ExchangeScene;
  readonly spans: readonly SpanData[];
  span(kind: number): SpanData;
}

async function traced(ports: readonly number[], traces: TracesConfig, more: Partial<EdgeConfig> = {}) {
  const config: EdgeConfig = {
    listeners: [{ host: "127.0.0.1", port: 0, routes: [{ name: "all", path: "/*", to: "service" }] }],
    upstreams: {
      service: { endpoints: ports.map((port, at) => ({ id: `service.${at + 1}`, host: "127.0.0.1", port })) },
    },
    ...more,
  };
  const scene = await exchangeScene(config, seededRandom(1));
  const spans: SpanData[] = [];
  const { clock } = scene;
  scene.runtime.tracer = new Tracer(traces, {
    clock,
    random: seededRandom(2),
    tell: (span) => spans.push(span),
  });
  const it: TracedScene = {
    scene,
    spans,
    span(kind) {
      const found = spans.find((span) => span.kind === kind);
      assert.ok(found, `a span of kind ${kind}`);
      return found;
    },
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  };
  return it;
}

/** Says in its body which trace it was asked in. */
function echo(status = 200): Promise<Origin> {
  return httpOrigin((request, response) => {
    const { traceparent, tracestate } = request.headersDistinct;
    response.writeHead(status).end(JSON.stringify({ traceparent, tracestate }));
  });
}

function told(answer: { readonly body: string }): { traceparent: string[]; tracestate?: string[] } {
  return JSON.parse(answer.body) as { traceparent: string[]; tracestate?: string[] };
}

test("a trace begins at the edge, and the upstream is told the attempt's span as its parent", async () => {
  await using origin = await echo();
  await using it = await traced([origin.port], {});
  const { traceparent, tracestate } = told(await ask(it.scene.port, { path: "/a?b=1&token=x" }));
  await turns();
  const [server, client] = [it.span(2), it.span(3)];
  assert.equal(it.spans.length, 2);
  assert.deepEqual(traceparent, [`00-${server.traceId}-${client.spanId}-01`]);
  assert.deepEqual(tracestate, ["ot=th:0"]);
  assert.equal(server.parentSpanId, undefined);
  assert.equal(client.parentSpanId, server.spanId);
  assert.equal(server.name, "GET all");
  assert.equal(client.name, "GET");
  assert.equal(server.attributes["url.path"], "/a");
  assert.equal(server.attributes["url.query"], "b=1&token=REDACTED");
  assert.equal(server.attributes["http.route"], "all");
  assert.equal(server.attributes["server.address"], "127.0.0.1");
  assert.equal(server.attributes["server.port"], it.scene.port);
  assert.equal(server.attributes["http.response.status_code"], 200);
  assert.equal(client.attributes["trestle.peer"], "service");
  assert.equal(client.attributes["server.port"], origin.port);
  assert.ok(server.startUs <= client.startUs && client.endUs <= server.endUs);
});

test("a client's trace is gone on with where it is believed, with all that came before in tracestate", async () => {
  await using origin = await echo();
  await using it = await traced([origin.port], { share: 0 });
  const headers = ["Traceparent", PARENT, "tracestate", "a=1", "TraceState", "b=2"];
  const { traceparent, tracestate } = told(await ask(it.scene.port, { headers }));
  await turns();
  assert.equal(it.span(2).parentSpanId, CALLER.spanId);
  assert.deepEqual(traceparent, [`00-${CALLER.traceId}-${it.span(3).spanId}-01`]);
  assert.deepEqual(tracestate, ["a=1,b=2"]);
  const unsampled = ["traceparent", PARENT.replace(/1$/, "0")];
  const second = told(await ask(it.scene.port, { headers: unsampled }));
  assert.match(second.traceparent[0] ?? "", new RegExp(`^00-${CALLER.traceId}-[0-9a-f]{16}-00$`));
  assert.equal(it.spans.length, 2);
});

test("what a client says is not believed: with trust false, twice, or malformed", async () => {
  await using origin = await echo();
  for (const [trust, headers] of [
    [false, ["traceparent", PARENT, "tracestate", "a=1"]],
    [true, ["traceparent", PARENT, "traceparent", PARENT]],
    [true, ["traceparent", `00-${"0".repeat(32)}-${CALLER.spanId}-01`, "tracestate", "a=1"]],
    [true, ["traceparent", PARENT.toUpperCase()]],
    [true, ["tracestate", "a=1"]],
  ] as const) {
    await using it = await traced([origin.port], { trust });
    const { traceparent, tracestate } = told(await ask(it.scene.port, { headers }));
    assert.equal(traceparent.length, 1);
    assert.match(traceparent[0] ?? "", FORM);
    assert.ok(!traceparent[0]?.includes(CALLER.traceId));
    assert.deepEqual(tracestate, ["ot=th:0"]);
  }
});

test("by default a client from elsewhere is not believed, unless proxies in front are", async () => {
  await using origin = await echo();
  const routes = [{ path: "/*", to: "service" }] as const;
  for (const [trustedHops, isBelieved] of [
    [0, false],
    [1, true],
  ] as const) {
    const listeners = [{ host: "127.0.0.1", port: 0, routes, acceptProxy: true, trustedHops }];
    await using it = await traced([origin.port], {}, { listeners });
    await using client = new RawClient(it.scene.port);
    client.send(
      `PROXY TCP4 203.0.113.7 127.0.0.1 1 2\r\nGET / HTTP/1.1\r\nHost: x\r\nTraceparent: ${PARENT}\r\n\r\n`,
    );
    await client.until(/"traceparent":\["00-[^"]*"\]/);
    assert.equal(client.received.includes(CALLER.traceId), isBelieved);
  }
});

test("a stranger's trace is replaced in upgrades, in each attempt, in a mirror's copy and over HTTP/2 too", async () => {
  const seen: string[] = [];
  await using origin = await rawOrigin((socket) => {
    socket.once("data", (head) => {
      seen.push(
        ...head
          .toString("latin1")
          .matchAll(/^trace(?:parent|state): (.*)\r$/gim)
          .map(([, value]) => value ?? ""),
      );
      const isUpgrade = head.includes("Upgrade: x");
      socket.end(
        `HTTP/1.1 ${isUpgrade ? "400 No" : "503 No"}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
      );
    });
  });
  const routes = [
    { path: "/*", to: "service", retries: { attempts: 1, statuses: [503] }, mirror: { to: "copies" } },
  ];
  const listeners = [{ host: "127.0.0.1", port: 0, routes }];
  const { port } = origin;
  const endpoints = ["a", "b"].map((id) => ({ id, host: "127.0.0.1", port }));
  const copies = { endpoints: endpoints.slice(1) };
  await using it = await traced(
    [],
    { trust: false },
    { listeners, upstreams: { service: { endpoints }, copies } },
  );
  const lines = `Traceparent: ${PARENT}\r\nTracestate: a=1\r\n`;
  await exchangeRaw(it.scene.port, `GET / HTTP/1.1\r\nHost: x\r\n${lines}Connection: close\r\n\r\n`);
  // Two attempts and a copy, each with one field of each name.
  assert.equal(seen.length, 6);
  const [first] = it.spans;
  const spans = it.spans.filter(({ kind }) => kind === 3).map(({ spanId }) => spanId);
  assert.deepEqual(
    seen.filter((value) => value !== "ot=th:0").sort(),
    [...spans, it.span(2).spanId].map((spanId) => `00-${first?.traceId}-${spanId}-01`).sort(),
  );
  await exchangeRaw(
    it.scene.port,
    `GET / HTTP/1.1\r\nHost: x\r\n${lines}Connection: upgrade\r\nUpgrade: x\r\n\r\n`,
  );
  assert.equal(seen.length, 8);
  const session = connect(`http://127.0.0.1:${it.scene.port}`);
  const stream = session.request({ ":path": "/", traceparent: PARENT, tracestate: "a=1" });
  await once(stream.resume(), "close");
  session.close();
  assert.equal(seen.length, 14);
  assert.doesNotMatch(seen.join(), new RegExp(`${CALLER.traceId}|a=1`));
});

test("a route may set the trace's fields itself, or keep them from an upstream", async () => {
  await using origin = await echo();
  for (const [requestHeaders, expected] of [
    [{ traceparent: "" }, { tracestate: ["ot=th:0"] }],
    [{ traceparent: "", tracestate: "" }, {}],
    [{ Traceparent: PARENT, tracestate: "" }, { traceparent: [PARENT] }],
  ] as const) {
    const routes = [{ path: "/*", to: "service", rewrite: { requestHeaders } }];
    await using it = await traced([origin.port], {}, { listeners: [{ host: "127.0.0.1", port: 0, routes }] });
    assert.deepEqual(told(await ask(it.scene.port)), expected);
    await turns();
    assert.equal(it.spans.length, 2);
  }
  const routes = [{ path: "/*", to: "service", rewrite: { requestHeaders: { accept: "" } } }];
  await using it = await traced([origin.port], {}, { listeners: [{ host: "127.0.0.1", port: 0, routes }] });
  const { traceparent } = told(await ask(it.scene.port, { headers: ["Accept", "x"] }));
  await turns();
  assert.deepEqual(traceparent, [`00-${it.span(3).traceId}-${it.span(3).spanId}-01`]);
});

test("a request of a caller's trace that is not sampled is told for itself alone when it fails", async () => {
  await using origin = await echo(500);
  await using it = await traced([origin.port], {});
  const headers = ["traceparent", PARENT.replace(/1$/, "0"), "tracestate", "ot=th:c;rv:0123456789abcd,a=1"];
  const { tracestate } = told(await ask(it.scene.port, { headers }));
  await turns();
  assert.deepEqual(tracestate, ["ot=th:c;rv:0123456789abcd,a=1"]);
  assert.equal(it.span(2).traceState, "ot=rv:0123456789abcd,a=1");
});

test("a request that is not traced is sent on with a flag that says so, and nothing is told of it", async () => {
  await using origin = await echo();
  await using it = await traced([origin.port], { share: 0 });
  const { traceparent, tracestate } = told(await ask(it.scene.port));
  await turns();
  assert.match(traceparent[0] ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  assert.equal(tracestate, undefined);
  assert.deepEqual(it.spans, []);
});

test("a request that is not traced and fails is told as one span, so many in a second", async () => {
  await using origin = await echo(503);
  await using it = await traced([origin.port], { share: 0, perSecondMax: 2 });
  const { traceparent } = told(await ask(it.scene.port));
  await turns();
  const [span] = it.spans;
  assert.equal(traceparent[0], `00-${span?.traceId}-${span?.spanId}-00`);
  assert.equal(span?.status, 2);
  assert.equal(span?.attributes["error.type"], "503");
  assert.equal(span?.traceState, "");
  for (let more = 0; more < 5; more++) await ask(it.scene.port);
  await turns();
  assert.equal(it.spans.length, 2);
});

test("attempts that fail are told each by itself, with what they failed by", async () => {
  await using origin = await echo();
  const closed = await closedPort();
  const routes = [{ path: "/*", to: "service", retries: { attempts: 1 } }];
  await using it = await traced(
    [closed, origin.port],
    {},
    { listeners: [{ host: "127.0.0.1", port: 0, routes }] },
  );
  let { traceparent } = told(await ask(it.scene.port));
  // The turn may come to the one that answers first.
  if (it.spans.length < 3) ({ traceparent } = told(await ask(it.scene.port)));
  await turns();
  const failed = it.spans.find((span) => span.kind === 3 && span.status === 2);
  assert.equal(failed?.attributes["error.type"], "unreachable");
  assert.equal(failed?.attributes["server.port"], closed);
  const siblings = it.spans.filter(({ traceId, kind }) => traceId === failed?.traceId && kind === 3);
  assert.deepEqual(
    siblings.map(({ attributes }) => attributes["http.request.resend_count"]),
    [undefined, 1],
  );
  assert.equal(traceparent[0], `00-${failed?.traceId}-${siblings[1]?.spanId}-01`);
});

test("an answer of the edge's own, and a request that no route takes, are told without an attempt", async () => {
  const listeners = [{ host: "127.0.0.1", port: 0, routes: [{ path: "/a", to: "service" }] }];
  await using it = await traced([], {}, { listeners });
  await ask(it.scene.port, { path: "/b" });
  await ask(it.scene.port, { path: "/a" });
  await turns();
  const [missing, unavailable] = it.spans;
  assert.equal(it.spans.length, 2);
  assert.equal(missing?.name, "GET");
  assert.equal(missing?.status, 0);
  assert.equal(unavailable?.status, 2);
  assert.equal(unavailable?.attributes["error.type"], "UPSTREAM_UNAVAILABLE");
});

test("a tunnel is told once the protocol has been switched", async () => {
  await using origin = await rawOrigin((socket) => {
    socket.once("data", (head) => {
      const parent = /traceparent: (\S+)/.exec(head.toString("latin1"))?.[1];
      socket.write(
        `HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\nX-Parent: ${parent}\r\n\r\n`,
      );
    });
  });
  await using it = await traced([origin.port], {});
  await using client = new RawClient(it.scene.port);
  client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
  const head = await client.until(/\r\n\r\n/);
  await turns();
  assert.match(head, new RegExp(`X-Parent: 00-${it.span(2).traceId}-${it.span(3).spanId}-01`));
  assert.equal(it.span(2).attributes["http.response.status_code"], 101);
  assert.equal(it.span(3).attributes["http.response.status_code"], 101);
});

test("an answer that breaks off is told as an error of the attempt and of the request", async () => {
  await using origin = await rawOrigin((socket) => {
    socket.once("data", () => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
      setImmediate(() => socket.resetAndDestroy());
    });
  });
  await using it = await traced([origin.port], {});
  await assert.rejects(ask(it.scene.port));
  await turns();
  assert.equal(it.span(3).attributes["error.type"], "reset");
  assert.equal(it.span(3).status, 2);
  assert.equal(it.span(2).attributes["error.type"], "cut");
  assert.equal(it.span(2).status, 2);
});

test("without a tracer, what a client says of its trace passes as it came", async () => {
  await using origin = await echo();
  await using it = await traced([origin.port], {});
  it.scene.runtime.tracer = undefined;
  const headers = ["traceparent", "anything", "tracestate", "a", "tracestate", "b"];
  assert.deepEqual(told(await ask(it.scene.port, { headers })), {
    traceparent: ["anything"],
    tracestate: ["a", "b"],
  });
});
