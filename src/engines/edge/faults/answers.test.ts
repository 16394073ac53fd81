import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { edgeFor } from "../testing/servers.ts";
import { type Case, fates, type Pair, POSITIONS } from "./testing/cases.ts";
import type { Fault } from "./testing/faults.ts";
import { ReplicaProcess } from "./testing/replica-process.ts";
import { askStrictly } from "./testing/strict-client.ts";

const GET: readonly Case[] = [
  { method: "GET", path: "/get" },
  { method: "OPTIONS", path: "/options" },
  { method: "GET", path: "/again/get" },
];
const ONCE: readonly Case[] = [
  { method: "POST", path: "/post", body: "once" },
  { method: "POST", path: "/post-alone" },
  { method: "PUT", path: "/put" },
  { method: "GET", path: "/get-with-body", body: "once" },
  { method: "POST", path: "/again/post", body: "once" },
  { method: "PUT", path: "/again/put-with-body", body: "once" },
];
const REPEATABLE: readonly Case[] = [
  { method: "PUT", path: "/again/put" },
  { method: "DELETE", path: "/again/delete" },
];

/**
 * What becomes of a request whose first replica, `a`, is ill; `b` is well. A cell says what the client sees, who answered, and
 * how often `a` and `b` got the request. A cut is an answer that began, with 200, and does not look whole.
 */
// biome-ignore format: a table
const TABLE: readonly (readonly [Fault | "killed", string, string, string])[] = [
  // the fault                                   GET, OPTIONS    POST and others   PUT and DELETE, repeatable
  ["none",                                       "200 a 1+0",    "200 a 1+0",      "200 a 1+0"],
  // No connection: whatever it is, it was not sent.
  ["killed",                                     "200 b 0+1",    "200 b 0+1",      "200 b 0+1"],
  // No answer: it may have been served.
  ["resets without an answer",                   "200 b 1+1",    "502 edge 1+0",   "200 b 1+1"],
  ["ends without an answer",                     "200 b 1+1",    "502 edge 1+0",   "200 b 1+1"],
  ["resets in the head",                         "200 b 1+1",    "502 edge 1+0",   "200 b 1+1"],
  ["ends in the head",                           "200 b 1+1",    "502 edge 1+0",   "200 b 1+1"],
  // An answer, if no good one: others would give no better.
  ["answers rubbish",                            "502 edge 1+0", "502 edge 1+0",   "502 edge 1+0"],
  ["answers with two lengths",                   "502 edge 1+0", "502 edge 1+0",   "502 edge 1+0"],
  ["answers 500",                                "500 a 1+0",    "500 a 1+0",      "500 a 1+0"],
  ["answers late",                               "200 a 1+0",    "200 a 1+0",      "200 a 1+0"],
  // In the middle of an answer: nobody else can go on with it, and what came must not look whole.
  ["resets after the head",                      "cut a 1+0",    "cut a 1+0",      "cut a 1+0"],
  ["resets in a counted body",                   "cut a 1+0",    "cut a 1+0",      "cut a 1+0"],
  ["resets in a body of chunks",                 "cut a 1+0",    "cut a 1+0",      "cut a 1+0"],
  ["resets between the chunks and their end",    "cut a 1+0",    "cut a 1+0",      "cut a 1+0"],
  ["resets in a body without a length",          "cut a 1+0",    "cut a 1+0",      "cut a 1+0"],
  ["ends after the head",                        "cut a 1+0",    "cut a 1+0",      "cut a 1+0"],
  ["ends in a counted body",                     "cut a 1+0",    "cut a 1+0",      "cut a 1+0"],
  ["ends in a body of chunks",                   "cut a 1+0",    "cut a 1+0",      "cut a 1+0"],
  ["ends between the chunks and their end",      "cut a 1+0",    "cut a 1+0",      "cut a 1+0"],
  ["sends rubbish between chunks",               "cut a 1+0",    "cut a 1+0",      "cut a 1+0"],
  ["falls silent in a counted body",             "cut a 1+0",    "cut a 1+0",      "cut a 1+0"],
  ["falls silent in a body of chunks",           "cut a 1+0",    "cut a 1+0",      "cut a 1+0"],
  ["pauses in a counted body",                   "200 a 1+0",    "200 a 1+0",      "200 a 1+0"],
  ["pauses in a body of chunks",                 "200 a 1+0",    "200 a 1+0",      "200 a 1+0"],
  // Behind the answer: it is whole, and the connection serves nobody else.
  ["resets behind a whole answer",               "200 a 1+0",    "200 a 1+0",      "200 a 1+0"],
  ["sends more than it has promised",            "200 a 1+0",    "200 a 1+0",      "200 a 1+0"],
];

let pair: Pair;
before(async () => {
  const [a, b] = await Promise.all([ReplicaProcess.start("a"), ReplicaProcess.start("b")]);
  pair = [a, b];
});
after(() => Promise.all(pair.map((replica) => replica.kill())));

for (const [fault, ...cells] of TABLE) {
  test(`a replica ${saysOf(fault)}: every request is answered, sent again or cut as the table says, over new connections and kept ones`, async () => {
    const columns = [GET, ONCE, REPEATABLE];
    const seen = await fates(pair, fault, columns.flat(), POSITIONS);
    const expected = POSITIONS.flatMap((position) =>
      columns.flatMap((cases, at) =>
        cases.map(({ method, path }) => [`${method} ${path}/${position}`, cells[at]]),
      ),
    );
    assert.deepEqual(seen, Object.fromEntries(expected));
  });
}

test("a replica that never answers costs 504, and where attempts have a time of their own it is up to another one, if that is safe", async () => {
  const seen = await fates(pair, "never answers", [...GET, ...ONCE, ...REPEATABLE], POSITIONS);
  for (const [name, fate] of Object.entries(seen)) {
    const again = /^(GET|PUT|DELETE) \/again\/(get|put|delete)\//.test(name);
    assert.equal(fate, again ? "200 b 1+1" : "504 edge 1+0", name);
  }
});

test("an answer that the route would have from elsewhere is asked for again, if that is safe", async () => {
  const seen = await fates(pair, "answers 503", [...GET, ...ONCE, ...REPEATABLE], POSITIONS);
  for (const [name, fate] of Object.entries(seen)) {
    const again = /^(GET|PUT|DELETE) \/again\/(get|put|delete)\//.test(name);
    assert.equal(fate, again ? "200 b 1+1" : "503 a 1+0", name);
  }
});

for (const fault of ["resets connections", "ends connections"] as const) {
  test(`a replica that ${fault} as it accepts them costs no GET, and nothing else is sent twice`, async () => {
    const seen = await fates(pair, fault, [...GET, ...ONCE, ...REPEATABLE], ["new"]);
    const safe = new Set([...GET, ...REPEATABLE].map(({ method, path }) => `${method} ${path}/new`));
    for (const [name, fate] of Object.entries(seen)) {
      if (safe.has(name)) assert.equal(fate, "200 b 0+1", name);
      // A reset that comes before the edge has seen the connection stand proves that nothing was sent.
      else assert.match(fate, /^(502 edge 0\+0|200 b 0\+1)$/, name);
    }
  });
}

test("a replica that resets in the middle of a request's body costs that request, and nobody else gets the rest of it", async () => {
  const body = "x".repeat(1_000_000);
  const cases = [
    { method: "POST", path: "/post", body },
    { method: "PUT", path: "/again/put", body },
  ];
  const seen = await fates(pair, "resets in the request's body", cases, POSITIONS);
  for (const [name, fate] of Object.entries(seen)) assert.equal(fate, "502 edge 1+0", name);
});

test("an answer that breaks off is reset for clients before HTTP/1.1, to whom an orderly end would say that it is whole", async () => {
  for (const [fault, whole] of [
    ["none", true],
    ["pauses in a body of chunks", true],
    ["resets in a body of chunks", false],
    ["resets between the chunks and their end", false],
    ["ends in a body of chunks", false],
    ["sends rubbish between chunks", false],
    ["resets in a body without a length", false],
    ["ends in a counted body", false],
  ] as const) {
    const [a] = pair;
    await a.behave(fault);
    await using edge = await edgeFor([a.port]);
    const { status, isWhole } = await askStrictly(edge.port, { version: "1.0" });
    assert.deepEqual([status, isWhole], [200, whole], fault);
  }
});

test("to HEAD only the head matters", async () => {
  const [a] = pair;
  for (const fault of ["none", "resets in a counted body", "ends in a body of chunks"] as const) {
    await a.behave(fault);
    await using edge = await edgeFor([a.port]);
    const { status, by, isWhole } = await askStrictly(edge.port, { method: "HEAD" });
    assert.deepEqual([status, by, isWhole], [200, "a", true], fault);
  }
});

function saysOf(fault: string): string {
  if (fault === "none") return "that is well";
  return fault === "killed" ? "that was killed" : `that ${fault}`;
}
