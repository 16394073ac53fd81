import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checkSystem } from "./check/system.ts";
import { cache, database, edge, type Part, service, system, task } from "./index.ts";

const page = readFileSync(
  join(import.meta.dirname, "../../..", "docs", "design-language.md"),
  "utf8",
).replace(/```.*?```/gs, "");
/** No option has a name that is near to it. */
const odd = { zzzzzzzzzzzzzzzz: 1 };

test("every option of every object has a place in the page that describes the language", () => {
  const to = service("to", { command: ["a"] });
  // Options that the types refuse.
  const made = (make: (name: string, options: never) => Part, name: string, options: object) =>
    make(name, options as never);
  const timeouts = odd;
  const parts = [
    made(cache, "a", odd),
    made(database, "b", odd),
    made(task, "c", { command: ["a"], ...odd }),
    made(service, "d", {
      command: ["a"],
      ...odd,
      health: { path: "/", ...odd },
      upstream: {
        ...odd,
        balance: { algorithm: "consistent-hash", key: "ip", ...odd },
        affinity: { cookie: "a", ...odd },
        outliers: odd,
        bounds: odd,
        breaker: { ...odd, fallback: { status: 503, ...odd } },
        tls: { ...odd, certificate: { certificate: "a", key: "b", ...odd } },
      },
    }),
    made(service, "e", {
      command: ["a"],
      health: { kind: "tcp", ...odd },
      upstream: { balance: { algorithm: "least-response-time", ...odd }, affinity: { header: "a", ...odd } },
    }),
    made(service, "scaled", {
      command: ["a"],
      replicas: { max: 2, ...odd, target: odd, scaleUp: { ...odd, policies: [odd] }, predictive: odd },
    }),
    made(edge, "f", {
      ...odd,
      tls: { ...odd, local: odd, clients: odd, certificates: [odd] },
      accessLog: odd,
      admin: odd,
      limits: odd,
      routes: [
        {
          ...odd,
          path: "/a",
          to: [{ to, weight: 1, ...odd }],
          timeouts,
          retries: odd,
          mirror: { to, ...odd },
        },
        { path: "/b", redirect: odd, rewrite: odd, headers: { a: odd } },
        { path: "/c", answer: odd },
      ],
      listeners: [
        { port: 1, ...odd, tcp: { to: "x", ...odd } },
        { port: 2, udp: { to, ...odd } },
      ],
    }),
  ];
  const { findings } = checkSystem(system("shop", { parts, ...odd }), { folder: "/", environment: {} });
  const lists = findings.flatMap(({ mend }) => /^Its options are (.*)\.$/.exec(mend)?.[1] ?? []);
  assert.equal(lists.length, 43);
  const options = new Set(lists.flatMap((words) => words.split(/, | and /)));
  assert.ok(options.size > 80);
  // In backticks by itself, or as a name in an example: `{ path, to: api }`.
  const names = new Set(
    Array.from(page.matchAll(/`[^`]+`/g), ([code]) => code.match(/[A-Za-z]\w*/g) ?? []).flat(),
  );
  assert.deepEqual(
    [...options].filter((option) => !names.has(option)),
    [],
  );
});
