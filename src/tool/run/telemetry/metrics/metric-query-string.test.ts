import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RunError } from "../../errors.ts";
import { metricQueryFrom } from "./metric-query-string.ts";
import { stepsOf } from "./steps.ts";

const NOW_MS = 1_767_225_600_000;

test("a query is read from a URL, with what is left out filled in", () => {
  const text =
    "name=http.server.request.duration&part=front&replica=front&as=p99&by=http.route&where.http.route=/a*&where.status=5*&fromMs=1000&toMs=61000&points=60";
  assert.deepEqual(metricQueryFrom(new URLSearchParams(text), NOW_MS), {
    name: "http.server.request.duration",
    part: "front",
    replica: "front",
    as: "p99",
    by: "http.route",
    where: { "http.route": "/a*", status: "5*" },
    fromMs: 1_000,
    toMs: 61_000,
    points: 60,
  });
  assert.deepEqual(metricQueryFrom(new URLSearchParams("name=x&part="), NOW_MS), {
    name: "x",
    as: "rate",
    fromMs: NOW_MS - 900_000,
    toMs: NOW_MS,
  });
});

test("whatever is wrong is said", () => {
  const wrong: [string, RegExp][] = [
    ["", /name is missing/],
    ["name=x&as=p42", /as has to be one of rate, .*, not "p42"/],
    ["name=x&fromMs=5&toMs=5", /fromMs \(5\) has to lie before toMs \(5\)/],
    ["name=x&fromMs=yesterday", /fromMs has to be a number, not "yesterday"/],
    ["name=x&toMs=1e99", /toMs has to be a number/],
    ["name=x&points=0", /points has to be a whole number from 1 to 2000, not 0/],
    ["name=x&points=2001", /points has/],
    ["name=x&points=1.5", /points has/],
    ["name=x&where.=1", /where\.KEY=VALUE/],
    [`name=${"x".repeat(600)}`, /longer than 512/],
    [`name=x&${Array.from({ length: 17 }, (_, index) => `where.k${index}=1`).join("&")}`, /at most 16/],
  ];
  for (const [text, message] of wrong) {
    assert.throws(() => metricQueryFrom(new URLSearchParams(text), NOW_MS), { code: "BAD_REQUEST", message });
  }
});

test("no query string makes it fail in another way", () => {
  const part = fc.oneof(
    fc.constantFrom("name", "as", "points", "fromMs", "toMs", "where.__proto__"),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(part, fc.string())), (pairs) => {
      try {
        metricQueryFrom(new URLSearchParams(pairs), NOW_MS);
      } catch (thrown) {
        assert.ok(thrown instanceof RunError && thrown.code === "BAD_REQUEST");
      }
    }),
  );
});

test("steps are few enough, at least a second, and cover what was asked for", () => {
  const moment = fc.integer({ min: 0, max: 4_000_000_000_000 });
  const lengthMs = fc.oneof(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 4_000_000_000 }));
  fc.assert(
    fc.property(moment, lengthMs, fc.integer({ min: 1, max: 2_000 }), (fromMs, rangeMs, points) => {
      const steps = stepsOf(fromMs, fromMs + rangeMs, points);
      assert.ok(steps.count >= 1 && steps.count <= points);
      assert.ok(steps.stepMs >= 1_000);
      assert.ok(steps.fromMs <= fromMs);
      assert.ok(steps.fromMs + steps.count * steps.stepMs >= fromMs + rangeMs);
    }),
  );
});
