import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { edge, loadDesign, system } from "../../design/index.ts";
import { resolveSystem } from "../resolve/index.ts";
import { routeTo } from "./edge-routes.ts";
import { RULES, review } from "./index.ts";
import { reviewedDesign } from "./reviewed-design.ts";
import { anyDesign, anyResolved } from "./testing/any-design.ts";
import { behindFront, findingsOf, modelOf, program } from "./testing/rule-case.ts";

const SYSTEMS = join(import.meta.dirname, "../../../../systems");

describe("of the systems of this repository a review says what an engineer would, and no more", () => {
  const told = async (name: string) => {
    const { model } = await loadDesign(join(SYSTEMS, name, "system.ts"), { environment: {} });
    return review(model, resolveSystem(model)).map(({ severity, rule, place }) => [severity, rule, place]);
  };

  test("slow-dependency", async () => {
    assert.deepEqual(await told("slow-dependency"), [
      ["risk", "availability/single-points-of-failure", "front.plan.copies"],
      ["question", "requirements/requests", "requests"],
      ["question", "requirements/scale", "requires.traffic"],
      ["question", "timeouts/missing", "shop.plan.work.default.calls.prices.timeout"],
      ["question", "timeouts/missing", "bare-shop.plan.work.default.calls.prices.timeout"],
      ["advice", "timeouts/far-above-latency", "front.routes[0].timeouts"],
    ]);
  });

  test("the shortener: nothing but what its design leaves open", async () => {
    const findings = await told("shortener");
    assert.ok(findings.length <= 9, JSON.stringify(findings));
    const risks = findings.filter(([severity]) => severity === "risk").map(([, rule]) => rule);
    assert.ok(
      risks.every((rule) => rule === "availability/single-points-of-failure" || rule === "data/backups"),
      JSON.stringify(risks),
    );
  });
});

test("risks come before questions, and questions before advice", () => {
  const order = findingsOf(behindFront(program("api"), { host: "0.0.0.0" }))
    .map(({ severity }) => severity)
    .filter((severity, at, all) => severity !== all[at - 1]);
  assert.deepEqual(order, ["risk", "question", "advice"]);
});

test("a secret is never shown, whatever it looks like", () => {
  const secret = fc.stringMatching(/^[a-z]{8,20}$/).map((text) => `zq${text}`);
  fc.assert(
    fc.property(secret, secret, (password, token) => {
      const api = program("api", {
        environment: { DB_PASSWORD: password, MIRROR: `https://me:${password}@192.0.2.1/` },
      });
      const findings = findingsOf(behindFront(api, { admin: { port: 9_000, token: `${token}-0123456789` } }));
      const places = findings.filter(({ rule }) => rule === "security/secrets").map(({ place }) => place);
      assert.deepEqual(places, [
        "api.environment.DB_PASSWORD",
        "api.environment.MIRROR",
        "front.admin.token",
      ]);
      assert.ok(!JSON.stringify(findings).includes(password) && !JSON.stringify(findings).includes(token));
    }),
    { numRuns: 50 },
  );
});

test("what is only named like a secret, or stands for one, is not asked about", () => {
  const environment = {
    TOKEN: "",
    API_KEY: "$API_KEY",
    PASSWORD: "<password>",
    SECRET: "./secrets/key.pem",
    TOKEN_LIFETIME: "forty-two-minutes",
    BUCKET: "https://192.0.2.1/tokens",
  };
  const rules = findingsOf(behindFront(program("api", { environment }))).map(({ rule }) => rule);
  assert.ok(!rules.includes("security/secrets"));
});

test("the route of a class is the one that the edge would take, on whichever listener it stands", () => {
  const [api, pages] = [program("api"), program("pages")];
  const front = edge("front", {
    routes: [{ path: "/*", to: pages }],
    listeners: [
      {
        port: 8_081,
        routes: [
          { path: "/*", to: api },
          { path: "/orders/:id", methods: ["POST"], to: api, timeouts: { total: "3 s" } },
        ],
      },
    ],
  });
  const requests = { pay: { to: front, request: "POST /orders/:order" } };
  const model = modelOf(system("shop", { parts: [front], requests }));
  const checked = model.parts.find((part) => part.kind === "edge");
  assert.ok(checked);
  // The first listener takes every path: the route that leads to the service is looked for beyond it.
  assert.equal(routeTo(checked, "pages", model.requests?.[0])?.place, "front.routes[0]");
  assert.equal(routeTo(checked, "api", undefined)?.place, "front.listeners[0].routes[0]");
});

test("any design is reviewed: nothing is thrown, no figure is missing, and all findings lead to its parts", () => {
  const ids = new Set(RULES.map(({ id }) => id));
  fc.assert(
    fc.property(anyDesign, anyResolved, (design, unsettle) => {
      const model = modelOf(design);
      const resolved = unsettle(resolveSystem(model));
      const findings = review(model, resolved);
      assert.deepEqual(review(model, resolved), findings);
      const names = new Set(model.parts.map(({ name }) => name));
      for (const { rule, place, parts, title, reason, mend } of findings) {
        assert.ok(ids.has(rule));
        assert.ok(parts.every((name) => names.has(name)));
        assert.ok(
          names.has(place.split(".")[0] ?? "") || /^(requires|requests|telemetry)\b/.test(place),
          place,
        );
        assert.doesNotMatch(`${title} ${reason} ${mend}`, /undefined|NaN|Infinity|\[object/);
      }
      const told = findings.map(({ rule, place }) => `${rule} ${place}`);
      assert.equal(new Set(told).size, told.length);
    }),
    { numRuns: 400 },
  );
});

test("a design with more ways than anyone can follow is reviewed all the same, as far as it is looked at", () => {
  // Each of them calls the next one twice: 2^16 ways.
  const [last, ...others] = Array.from({ length: 17 }, (_, at) => `s${at}`);
  let inner = program(last ?? "s0");
  for (const name of others) {
    const uses = { one: inner, two: inner };
    inner = program(name, { uses, plan: { work: { default: { time: 1, calls: { one: 1, two: 1 } } } } });
  }
  const model = modelOf(behindFront(inner));
  const resolved = resolveSystem(model);
  assert.equal(reviewedDesign(model, resolved).hops.length, 10_000);
  assert.ok(review(model, resolved).length > 0);
});
