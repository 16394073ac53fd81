import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { describe, test } from "node:test";
import fc from "fast-check";
import { cache, edge, service, system, task } from "../index.ts";
import { KINDS } from "../kinds/index.ts";
import { isPart, type Part } from "../part.ts";
import { checkSystem } from "./system.ts";

const around = { folder: tmpdir(), environment: {} };
const check = (...parts: Part[]) => checkSystem(system("shop", { parts }), around);
const wrong = (...parts: Part[]) =>
  check(...parts).findings.map(({ path, message }) => `${path}: ${message}`);

describe("parts", () => {
  test("are frozen copies: what is changed after the call changes nothing", () => {
    const environment: Record<string, string> = { LEVEL: "debug" };
    const api = service("api", { command: ["a"], environment });
    environment.PORT = "1";
    assert.deepEqual(wrong(api), []);
    assert.ok(isPart(api) && Object.isFrozen(api) && Object.isFrozen(api.options));
  });

  test("a part that several use is in the system once", () => {
    const hot = cache("hot");
    const one = service("one", { command: ["a"], uses: { hot } });
    const two = service("two", { command: ["a"], uses: { hot, one } });
    assert.deepEqual(
      check(two, one, hot).model.parts.map((part) => part.name),
      ["hot", "one", "two"],
    );
  });

  test("a part that uses itself, and a circle through an edge, are told with the way around", () => {
    const self: Part = service("self", { command: ["a"], uses: () => ({ self }) as Record<string, Part> });
    assert.deepEqual(wrong(self), ["self.uses.self: self uses itself"]);
    const api: Part<"service"> = service("api", {
      command: ["a"],
      uses: () => ({ front }) as Record<string, Part>,
    });
    const front: Part = edge("front", { routes: [{ path: "/*", to: api }] });
    assert.deepEqual(wrong(front), [
      "api.uses.front: the parts use each other in a circle: front → api → front",
    ]);
  });

  test("a function that throws, or that returns no parts, is told", () => {
    const thrower = () => {
      throw new Error("boom");
    };
    assert.match(
      wrong(task("a", { command: ["a"], uses: thrower })).join(),
      /a\.uses: the function threw: boom/,
    );
    assert.match(wrong(edge("a", { routes: thrower })).join(), /a\.routes: the function threw: boom/);
  });

  test("more parts than a machine would run are refused", () => {
    const many = Array.from({ length: 501 }, (_, index) => cache(`c${index}`));
    assert.deepEqual(wrong(...many), ["parts[500]: the system has more than 500 parts"]);
  });
});

describe("edges", () => {
  const to = service("api", { command: ["a"] });
  const at = (name: string, port: number, host?: string) =>
    edge(name, { port, host, routes: [{ path: "/*", to }] });

  test("stand in each other's way on one port and one address, and else do not", () => {
    assert.equal(wrong(at("a", 80), at("b", 80)).length, 1);
    assert.equal(wrong(at("a", 80, "localhost"), at("b", 80)).length, 1);
    assert.equal(wrong(at("a", 80), at("b", 80, "::")).length, 1);
    assert.deepEqual(wrong(at("a", 80), at("b", 81)), []);
    assert.deepEqual(wrong(at("a", 0), at("b", 0)), []);
    assert.deepEqual(wrong(at("a", 80, "127.0.0.1"), at("b", 80, "127.0.0.2")), []);
  });

  test("an edge outside takes no port here, and needs no routes", () => {
    assert.deepEqual(wrong(at("a", 8080), edge("b", { url: "https://example.com" })), []);
  });
});

test("whatever stands in place of names and options is told, and never throws", () => {
  const text = fc.oneof(fc.string(), fc.constantFrom("/*", "./x.ts", "1 s", "64 MiB", "redis://a"));
  const value = fc.oneof(fc.anything(), text, fc.array(fc.oneof(fc.anything(), text)));
  const keys =
    "run command folder uses environment replicas health startTimeout timeout port host routes memory url migrations path to " +
    "tls tcp udp listeners workers accessLog admin limits upstream headers redirect answer rewrite mirror retries methods";
  const options = fc.oneof(value, fc.dictionary(fc.constantFrom(...keys.split(" ")), value));
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(KINDS)),
      fc.oneof(value, fc.constant("api")),
      options,
      options,
      (kind, name, one, all) => {
        const odd = { ...cache("hot"), kind, name, options: one } as unknown as Part;
        const loaded = system("shop", { parts: [odd], requires: all } as unknown as Parameters<
          typeof system
        >[1]);
        for (const finding of checkSystem(loaded, around).findings) {
          assert.ok(finding.message !== "" && finding.mend.length > 1);
          assert.ok(finding.message.length < 2_000, finding.message);
        }
        checkSystem(system(name as string, all as Parameters<typeof system>[1]), around);
      },
    ),
    { numRuns: 300 },
  );
});
