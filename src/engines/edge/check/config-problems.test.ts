import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { checkConfig, problemsOfConfig } from "../check.ts";
import { EdgeError } from "../errors.ts";
import { changed, type Trail, trailsOf, WHOLE_CONFIG } from "./testing/whole-config.ts";

/** A place as messages write it: `listeners[0].port`. */
function placeOf(trail: Trail): string {
  return trail
    .map((step, at) => (typeof step === "number" ? `[${step}]` : at === 0 ? step : `.${step}`))
    .join("");
}

function trailOf(place: string): Trail {
  const steps = place.split(/[.[\]]+/).filter((step) => step !== "");
  return steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

test("a configuration that says all that can be said passes, before and after a trip through JSON", () => {
  assert.deepEqual(problemsOfConfig(WHOLE_CONFIG), []);
  assert.deepEqual(problemsOfConfig(JSON.parse(JSON.stringify(WHOLE_CONFIG))), []);
});

describe("what is wrong is told by its place alone, with a mend", () => {
  const H = "listeners[0]";
  const T = "listeners[1]";
  const U = "listeners[2]";
  const A = "upstreams.api";
  const N = "upstreams.next";
  const table: readonly (readonly [place: string, ...values: unknown[]])[] = [
    ["listeners", {}, "x", null, []],
    [`${H}.kind`, "https", "TCP", 1],
    [`${T}.kind`, "tpc", null],
    [`${H}.host`, "", 5, "a b", "http://x", "x".repeat(300)],
    [`${H}.port`, -1, 65_536, 1.5, "80", null],
    [`${H}.http2`, "yes", 1, null],
    [`${H}.trustedHops`, -1, 0.5, "some", true],
    [`${H}.acceptProxy`, "v1"],
    [`${H}.routes`, {}, "x"],
    [`${H}.routes[0].bodyBytes`, -1],
    [`${H}.routes[0].mirror.share`, 0, 2],
    [`${H}.tls`, true, [], {}, { certificates: [] }],
    [`${H}.tls.certificates`, {}, "a.pem"],
    [`${H}.tls.certificates[0].certificateFile`, "", 5, "a\0b"],
    [`${H}.tls.certificates[0].keyFile`, null],
    [`${H}.tls.local.folder`, ""],
    [`${H}.tls.local.names`, [], "localhost", Array(101).fill("a.localhost")],
    [`${H}.tls.local.names[1]`, "*", "a b", 5, "*.*.localhost"],
    [`${H}.tls.minVersion`, "TLSv1.1", "1.2"],
    [`${H}.tls.clients`, true],
    [`${H}.tls.clients.authorityFile`, ""],
    [`${H}.tls.clients.required`, "no"],
    [`${H}.tls.sessionMs`, -1, 0.5],
    [`${T}.to`, "nobody", "toString", 5],
    [`${T}.servers`, {}, "x"],
    [`${T}.servers[0].names`, [], "x"],
    [`${T}.servers[0].names[0]`, "a b", "", "*", 5],
    [`${T}.servers[0].names[1]`, "DB.example.com"],
    [`${T}.servers[0].to`, "nobody"],
    [`${T}.tls`, { local: { folder: "x" } }],
    [`${T}.idleTimeoutMs`, -1],
    [`${U}.to`, "nobody"],
    [`${U}.idleTimeoutMs`, 0, 2 ** 31],
    [`${U}.sessions`, 0],
    ["upstreams", [], 5],
    [`${N}`, [], 5, "x"],
    [`${A}.endpoints`, {}, 5],
    [`${A}.endpoints[0].id`, "", 5, "a\nb"],
    [`${A}.endpoints[0].host`, "", "a/b"],
    [`${A}.endpoints[0].port`, 0, 65_536],
    [`${A}.endpoints[0].weight`, 0, 1_001, 1.5],
    [`${A}.protocol`, "h2", 2],
    [`${A}.tls`, true, []],
    [`${A}.tls.serverName`, "a b", "*.example.com", 5],
    [`${A}.tls.authorityFile`, ""],
    [`${A}.tls.certificate`, "a.pem"],
    [`${A}.tls.insecure`, "yes"],
    [`${A}.sendProxy`, "v3", true, "v1"],
    [`${A}.balance`, "random", null],
    [`${A}.balance.algorithm`, "fastest", 5, "constructor"],
    [`${A}.balance.key`, "ip"],
    [`${A}.balance.key.from`, "body", "toString"],
    [`${A}.balance.key.name`, "", "a b", 5],
    [`${A}.balance.loadFactor`, 1, -1, "2"],
    [`${N}.balance.decayMs`, 0, -1],
    [`${A}.affinity`, "cookie"],
    [`${A}.affinity.by`, "url"],
    [`${A}.affinity.name`, "a=b", ""],
    [`${A}.affinity.maxAgeMs`, 999, 1_000.5],
    [`${A}.affinity.secret`, "short", 5],
    [`${A}.health`, "/healthz", true],
    [`${A}.health.kind`, "ping"],
    [`${A}.health.path`, "healthz", "/a b", 5],
    [`${A}.health.host`, "a b"],
    [`${A}.health.statuses`, [], 200],
    [`${A}.health.statuses[0]`, 99, 600],
    [`${A}.health.bodyIncludes`, ""],
    [`${A}.health.intervalMs`, 0],
    [`${A}.health.timeoutMs`, 0],
    [`${A}.health.unhealthyAfter`, 0],
    [`${A}.health.healthyAfter`, 0],
    [`${N}.health.path`, "/healthz"],
    [`${A}.outliers`, true, 5],
    [`${A}.outliers.consecutiveErrors`, -1],
    [`${A}.outliers.failureShare`, 1.1, -0.1],
    [`${A}.outliers.minimumRequests`, 0],
    [`${A}.outliers.intervalMs`, 0],
    [`${A}.outliers.ejectionMs`, 0, 5_001],
    [`${A}.outliers.maxEjectionMs`, 0],
    [`${A}.outliers.maxEjectedShare`, 50],
    [`${A}.panicShare`, 50, -1],
    [`${A}.slowStartMs`, -1],
    [`${A}.bounds.connections`, 0],
    [`${A}.bounds.pending`, -1],
    [`${A}.bounds.pendingMs`, 0],
    [`${A}.bounds.requests`, 0],
    [`${A}.bounds.requestsPerConnection`, 0],
    [`${A}.breaker`, true],
    [`${A}.breaker.failureShare`, 0, 1.1],
    [`${A}.breaker.minimumRequests`, 0],
    [`${A}.breaker.intervalMs`, 0],
    [`${A}.breaker.openMs`, 0],
    [`${A}.breaker.trials`, 0],
    [`${A}.breaker.fallback`, "next"],
    [`${A}.breaker.fallback.to`, "nobody", "api"],
    [`${N}.breaker.fallback.to`, undefined],
    [`${N}.breaker.fallback.answer`, 503],
    [`${N}.breaker.fallback.answer.status`, 99],
    ["limits.connections", 0, 1.5, "10"],
    ["limits.idleTimeoutMs", 0, 2 ** 31],
    ["documentationUrl", "", "a b"],
    ["accessLog", true],
    ["accessLog.to", ""],
    ["accessLog.share", 10],
    ["accessLog.always", 1],
    ["accessLog.slowMs", -1],
    ["admin", 9901],
    ["admin.host", "0.0.0.0"],
    ["admin.port", -1, "9901"],
    ["admin.token", "short"],
    ["telemetry", true, "http://127.0.0.1:4318", []],
    [
      "telemetry.endpoint",
      "ftp://127.0.0.1:4318",
      "127.0.0.1:4318",
      "http://a:b@127.0.0.1",
      "http://:b@127.0.0.1",
      "http://c/?a",
      5,
    ],
    [
      "telemetry.headers",
      "a: b",
      [],
      Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`x${at}`, ""])),
    ],
    ["telemetry.headers.authorization", "a\nb", "é", 5, null],
    ["telemetry.service", "front", []],
    ["telemetry.service.name", "", 5, "a\nb", "x".repeat(256)],
    ["telemetry.service.namespace", "", null],
    ["telemetry.metricsIntervalMs", -1, 99, 0.5, "1 s", 2 ** 31],
    ["telemetry.traces", "all", []],
    ["telemetry.traces.share", -0.1, 1.1, "1%"],
    ["telemetry.traces.perSecondMax", -1, 100_001, 0.5],
    ["telemetry.traces.slowMs", -1, 0.5],
    ["telemetry.traces.trust", "yes", 1],
    ["workers", 0, 65, 1.5, "4"],
  ];
  for (const [place, ...values] of table) {
    test(place, () => {
      for (const value of values) {
        if (value === undefined) continue;
        const problems = problemsOfConfig(changed(WHOLE_CONFIG, trailOf(place), value));
        assert.deepEqual([...new Set(problems.map((one) => one.place))], [place], JSON.stringify(value));
        for (const { problem, mend } of problems) assert.match(`${problem}: ${mend}`, /^\S+ .+: \S+ .+$/);
      }
    });
  }
});

test("what contradicts itself only together is told at the place that can be mended", () => {
  const told = (place: string, value: unknown) =>
    problemsOfConfig(changed(WHOLE_CONFIG, trailOf(place), value)).map(
      (one) => `${one.place} ${one.problem}`,
    );
  assert.deepEqual(told("upstreams.next.breaker.fallback", { to: "api" }), [
    'upstreams.api.breaker.fallback.to leads in a circle, "api" → "next" → "api"',
  ]);
  assert.deepEqual(told("listeners[1]", { kind: "tcp", host: "0.0.0.0", port: 443, to: "api" }), [
    "listeners[1].port is that of listeners[0] too",
  ]);
  assert.deepEqual(told("listeners[1]", { kind: "tcp", host: "::", port: 443 }), [
    "listeners[1] leads nowhere",
  ]);
  const endpoint = WHOLE_CONFIG.upstreams.api.endpoints[0];
  assert.deepEqual(told("upstreams.api.endpoints", [endpoint, endpoint]), [
    "upstreams.api.endpoints[1].id is that of one before it too",
  ]);
});

test("what cannot be left out is missed by its name", () => {
  for (const place of [
    "listeners",
    "upstreams",
    "listeners[0].host",
    "listeners[0].port",
    "listeners[0].routes",
    "listeners[0].tls.certificates[0].keyFile",
    "listeners[2].to",
    "upstreams.api.endpoints",
    "upstreams.api.balance.algorithm",
    "upstreams.api.balance.key",
    "upstreams.api.affinity.by",
    "upstreams.next.affinity.name",
    "accessLog.to",
    "admin.token",
  ]) {
    const problems = problemsOfConfig(changed(WHOLE_CONFIG, trailOf(place)));
    // Without upstreams, or by another kind, more is wrong as well.
    assert.ok(
      problems.some((one) => one.place === place),
      place,
    );
  }
});

test("in every object, a name that means nothing is told, with the one that was meant", () => {
  const objects = trailsOf(WHOLE_CONFIG).filter((trail) => {
    const last = trail.at(-1);
    // These have names of the user's own.
    if (last === "upstreams" || last === "requestHeaders" || last === "responseHeaders") return false;
    const value = trail.reduce<unknown>(
      (at, step) => (at as Record<string | number, unknown>)[step],
      WHOLE_CONFIG,
    );
    return typeof value === "object" && !Array.isArray(value);
  });
  assert.ok(objects.length > 30);
  for (const trail of objects) {
    const value = changed(WHOLE_CONFIG, [...trail, "nonsense"], 1);
    const wanted = placeOf([...trail, "nonsense"]);
    assert.deepEqual(
      problemsOfConfig(value).map((one) => one.place),
      [wanted],
    );
  }
  const [misspelt] = problemsOfConfig(changed(WHOLE_CONFIG, ["upstreams", "api", "slowStart"], 1));
  assert.equal(misspelt?.mend, "write slowStartMs, if you mean that");
});

test("the message has a line for each of ten problems and counts the others; the details list more", () => {
  const routes = Array.from({ length: 30 }, (_, at) => ({ path: `/${at}`, to: "nobody" }));
  assert.throws(
    () => checkConfig(changed(WHOLE_CONFIG, ["listeners", 0, "routes"], routes)),
    (thrown: unknown) => {
      assert.ok(thrown instanceof EdgeError && thrown.code === "INVALID_CONFIG");
      const lines = thrown.message.split("\n");
      assert.equal(lines.length, 11);
      assert.match(lines[0] ?? "", /^listeners\[0\]\.routes\[0\]\.to names the upstream nobody, .*: add it/);
      assert.equal(lines[10], "and 20 more");
      assert.equal(thrown.details.place, "listeners[0].routes[0].to");
      assert.ok(Array.isArray(thrown.details.problems) && thrown.details.problems.length === 30);
      return true;
    },
  );
});

test("no secret stands in a message", () => {
  for (const [place, secret] of [
    ["admin.token", "hunter2"],
    ["upstreams.api.affinity.secret", "hunter2"],
    ["admin.token", `hunter2 ${"x".repeat(30)}`],
  ] as const) {
    const problems = problemsOfConfig(changed(WHOLE_CONFIG, trailOf(place), secret));
    assert.equal(problems.length, 1);
    assert.doesNotMatch(JSON.stringify(problems), /hunter2/);
  }
});

test("whatever stands wherever, it is passed or refused as INVALID_CONFIG, and nothing else is thrown", () => {
  const trails = trailsOf(WHOLE_CONFIG);
  fc.assert(
    fc.property(
      fc.oneof(fc.jsonValue(), fc.constantFrom(undefined, Number.NaN, Number.POSITIVE_INFINITY, {}, [])),
      fc.constantFrom(...trails),
      (value, trail) => {
        const config = changed(WHOLE_CONFIG, trail, value);
        try {
          checkConfig(config);
        } catch (thrown) {
          assert.ok(thrown instanceof EdgeError && thrown.code === "INVALID_CONFIG", String(thrown));
          assert.ok(thrown.message.length < 20_000);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

test("names that every object inherits are no upstreams, and prototypes stay as they are", () => {
  const hostile = JSON.parse(
    '{ "listeners": [{ "host": "h", "port": 1, "routes": [{ "path": "/*", "to": "__proto__" }] }], "upstreams": {}, "__proto__": { "workers": 99 } }',
  );
  const places = problemsOfConfig(hostile).map((one) => one.place);
  assert.deepEqual(places, ["__proto__", "listeners[0].routes[0].to"]);
});
