import assert from "node:assert/strict";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { encodeRequest, type LogData, type SpanData } from "../../../blocks/telemetry/otlp/index.ts";
import { systemClock } from "../../../blocks/time/index.ts";
import { onLinux } from "../process-identity.ts";
import { post } from "../telemetry/receiver/receiver-fixture.ts";
import {
  type AttackedSystem,
  attackedSystem,
  environmentOf,
  tokenOfServices,
} from "./testing/attacked-system.ts";

/** What no answer takes longer than, on a machine that is busy with other tests. */
const ANSWER_MS_MAX = 4_000;
/** How long the supervisor's event loop may stand still. */
const STALL_MS_MAX = 1_000;

test("a running system against what those send who have the key, or were given somebody's words", async (t) => {
  if (!onLinux) return t.skip("what services were given is read where Linux shows it");
  const system = await attackedSystem(t, [{ kind: "cache", name: "hot", memoryBytes: 16 * 1024 * 1024 }]);
  for (const [promise, attack] of Object.entries(ATTACKS)) {
    await t.test(promise, async (inner) => {
      await attack(system, inner);
      assert.equal((await system.ask("GET", "/v1/system")).status, 200);
      assert.deepEqual(Object.keys(Object.prototype), [], "no prototype was written to");
    });
  }
});

const ATTACKS: Readonly<Record<string, (system: AttackedSystem, t: TestContext) => Promise<void>>> = {
  async "no path leads out of the runs, the page or the parts"(system) {
    const names = [
      "..",
      "%2e%2e",
      "..%2f..%2f..%2fetc%2fpasswd",
      "..%5c..%5cetc",
      "%2fetc%2fpasswd",
      "%00",
      "x%00.json",
      "%252e%252e%252f",
      ".",
      "",
      "%",
      "%ff%fe",
      "%c0%ae%c0%ae%c0%af",
      "__proto__",
      "constructor",
      "prototype",
      "toString",
      "hasOwnProperty",
      `${"a".repeat(4_000)}`,
    ];
    for (const name of names) {
      for (const path of [
        `/v1/runs/${name}/marks`,
        `/v1/runs/${name}/logs/search`,
        `/v1/runs/${name}/traces`,
        `/v1/runs/${name}/metrics/query?name=x`,
        `/v1/traces/${name}`,
        `/v1/parts/${name}/actions`,
        `/v1/parts/${name}/views`,
        `/console/${name}`,
      ]) {
        const { status, text } = await system.ask("GET", path);
        // A name of dots is taken out of the path before anybody looks at it.
        assert.ok(status === 404 || (status === 200 && /^(\.|%2e)+$/.test(name)), `${status} ${path}`);
        assert.doesNotMatch(text, /root:|Error:|node:|\.ts:/);
        assert.ok(text.length < 6_000);
      }
      for (const [path, body] of [
        [`/v1/parts/api/actions/${name}`, "{}"],
        [`/v1/parts/hot/data/${name}`, "{}"],
        [`/v1/parts/${name}/scale`, '{"replicas":2}'],
        [`/v1/parts/${name}/restart`, "{}"],
      ] as const) {
        const { status } = await system.ask("POST", path, body);
        assert.ok(status === 404 || status === 409, `${status} ${path}`);
      }
    }
    assert.equal(system.staged.replica("api.2"), undefined);
  },

  async "bodies that reach for prototypes, or are no JSON of the kind asked for, change nothing"(system) {
    const bodies = [
      '{"__proto__":{"replicas":9,"replica":"api.1"}}',
      '{"constructor":{"prototype":{"replicas":9}}}',
      '{"replicas":2,"__proto__":{"polluted":1}}',
      '{"replicas":"2"}',
      '{"replicas":[2]}',
      '{"replicas":{"valueOf":2}}',
      '{"replicas":1e999}',
      '{"replicas":-0.5}',
      '{"replica":{"length":1}}',
      '"replicas"',
      "[]",
      "null",
      "[".repeat(10_000),
      '{"a":'.repeat(2_500),
      `{"replica":"${"x".repeat(16_000)}"}`,
      "\ufeff{}",
      "\u0000",
    ];
    for (const body of bodies) {
      for (const path of ["/v1/parts/api/actions/scale", "/v1/parts/api/actions/kill-replica"]) {
        const { status, text } = await system.ask("POST", path, body);
        assert.ok(status === 400 || status === 409, `${status} ${path} ${body.slice(0, 40)} ${text}`);
      }
    }
    assert.equal(system.staged.replica("api.2"), undefined);
    assert.equal(system.staged.replica("api.1")?.restarts, 0);
  },

  async "questions beyond all measure are refused or answered soon, and hold nobody else up"(system) {
    await fillLogsAndTraces(system);
    const huge = "9".repeat(16);
    const slow = "a".repeat(200);
    const words = Array.from({ length: 30 }, (_, at) => `${slow.slice(at)}b`);
    const questions = [
      `/v1/metrics/query?name=process.memory.usage&as=value&fromMs=0&toMs=${huge}&points=2000`,
      `/v1/metrics/query?name=process.memory.usage&as=value&fromMs=0&toMs=${huge}&points=1`,
      `/v1/metrics/query?name=process.memory.usage&fromMs=-1`,
      `/v1/metrics/query?name=process.memory.usage&points=1e9`,
      `/v1/metrics/query?name=process.memory.usage&points=99999999`,
      `/v1/metrics/query?name=process.memory.usage&fromMs=NaN&toMs=Infinity`,
      `/v1/metrics/query?name=__proto__&by=__proto__&where.__proto__=__proto__&part=constructor`,
      `/v1/metrics/query?name=x${Array.from({ length: 400 }, (_, at) => `&where.k${at}=v`).join("")}`,
      `/v1/metrics/heatmap?name=http.server.request.duration&fromMs=0&toMs=${huge}&points=2000`,
      `/v1/metrics/query?name=${"n".repeat(8_000)}`,
      `/v1/logs/search?text=${encodeURIComponent(`"${slow}" (a+)+$ .*.*.*.*=x`)}`,
      `/v1/logs/search?text=${encodeURIComponent(words.join(" ").slice(0, 999))}`,
      `/v1/logs/search?text=${encodeURIComponent("x ".repeat(400))}`,
      `/v1/logs/search?limit=1000&fromMs=0&toMs=${huge}&text=nowhere-to-be-found`,
      `/v1/logs/search?limit=1000000`,
      `/v1/logs/search?before=${huge}&limit=1`,
      `/v1/logs/search?${"part=x&".repeat(1_000)}`,
      `/v1/logs?lines=99999999`,
      `/v1/logs?lines=-1e308`,
      `/v1/traces?text=${encodeURIComponent("(a+)+$")}&limit=500`,
      `/v1/traces?text=${slow}b&sort=duration`,
      `/v1/traces?limit=100000`,
      `/v1/traces?minMs=${huge}&maxMs=0`,
      `/v1/marks?fromMs=0&toMs=${huge}`,
      "/v1/runs",
    ];
    const clock = systemClock;
    for (const question of questions) {
      const beganMs = clock.monotonicMs();
      const { stop } = stallOfLoop();
      const { status, text } = await system.ask("GET", question);
      const stallMs = stop();
      assert.ok(status === 200 || status === 400, `${status} ${question.slice(0, 80)} ${text.slice(0, 300)}`);
      assert.ok(clock.monotonicMs() - beganMs < ANSWER_MS_MAX, question.slice(0, 80));
      assert.ok(stallMs < STALL_MS_MAX, `${stallMs} ms of standing still for ${question.slice(0, 80)}`);
      assert.ok(text.length < 16 * 1024 * 1024, question.slice(0, 80));
    }
  },

  async "keys of the cache are not searched by patterns that take for ever"(system) {
    await fillCache(system);
    const patterns = ["*a".repeat(100), `${"*".repeat(200)}b`, "[".repeat(250), `${"?*".repeat(120)}z`, "\\"];
    for (const pattern of patterns) {
      const beganMs = systemClock.monotonicMs();
      const { status, text } = await system.ask(
        "POST",
        "/v1/parts/hot/data/keys",
        JSON.stringify({ pattern }),
      );
      assert.equal(status, 200, `${pattern} ${text}`);
      assert.ok(systemClock.monotonicMs() - beganMs < ANSWER_MS_MAX, pattern);
    }
  },
};

/** The longest that the event loop, which is the supervisor's too, stood still. */
function stallOfLoop(): { stop(): number } {
  let lastMs = systemClock.monotonicMs();
  let longestMs = 0;
  const look = () => {
    const nowMs = systemClock.monotonicMs();
    longestMs = Math.max(longestMs, nowMs - lastMs - 5);
    lastMs = nowMs;
  };
  const timer = setInterval(look, 5);
  return {
    stop() {
      look();
      clearInterval(timer);
      return longestMs;
    },
  };
}

/** Has the receiver take what a regular expression would choke on, from parts of hostile names too. */
async function fillLogsAndTraces(system: AttackedSystem): Promise<void> {
  const token = tokenOfServices(system);
  const send = async (path: string, body: Uint8Array) => {
    const { status } = await post({ port: system.telemetryPort, token, path, body });
    assert.equal(status, 200);
  };
  const nowUs = Math.floor(systemClock.wallMs() * 1_000);
  const long = "a".repeat(8_000);
  const attributes = { __proto__x: "1", constructor: long, "http.response.status_code": 500 };
  const scope = { name: "s", version: "" };
  for (const name of ["api", "__proto__", "constructor"]) {
    const resource = { attributes: { "service.name": name, "service.instance.id": "__proto__" } };
    const logs = Array.from({ length: 100 }, (_, at): LogData => {
      const severity = { severity: 9, severityText: "INFO" } as const;
      const trace = { traceId: undefined, spanId: undefined };
      return { timeUs: nowUs + at, ...severity, body: `${long}${at}`, attributes, ...trace };
    });
    await send("/v1/logs", encodeRequest("logs", [{ resource, scope, items: logs }]));
    const spans = Array.from({ length: 100 }, (_, at): SpanData => {
      const ids = { traceId: (at + 1).toString(16).padStart(32, "a"), spanId: "b".repeat(16) };
      const times = { startUs: nowUs + at, endUs: nowUs + at + 500 };
      const state = { traceState: "", status: 2, statusMessage: long } as const;
      const rest = { parentSpanId: undefined, events: [], links: [] };
      return { ...ids, ...times, ...state, ...rest, name: "__proto__", kind: 2, attributes };
    });
    await send("/v1/traces", encodeRequest("traces", [{ resource, scope, items: spans }]));
  }
  assert.match((await system.ask("GET", "/v1/logs/search?limit=1")).text, /aaaa/);
  assert.match((await system.ask("GET", "/v1/traces?limit=1")).text, /__proto__/);
}

/** Puts keys into the cache that nearly fit patterns of many stars. */
async function fillCache(system: AttackedSystem): Promise<void> {
  const url = new URL(environmentOf(system, "api.1").get("HOT_URL") ?? "");
  const socket = connect(Number(url.port), url.hostname);
  const answered = new Promise<string>((resolve) => {
    let text = "";
    socket.setEncoding("latin1").on("data", (chunk) => {
      text += chunk;
      if (text.split("\r\n").length > 200) resolve(text);
    });
  });
  const sets = Array.from({ length: 200 }, (_, at) => `SET ${"a".repeat(2_000)}${at} 1\r\n`);
  socket.write(`AUTH ${url.username} ${url.password}\r\n${sets.join("")}`);
  assert.match(await answered, /^\+OK\r\n\+OK/);
  socket.destroy();
}
