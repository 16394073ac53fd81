import assert from "node:assert/strict";
import { test } from "node:test";
import type { Mark, RequirementStatus, State } from "../../control-api/index.ts";
import {
  linkDetails,
  linkLines,
  linkSign,
  openFaults,
  ownText,
  partProblems,
  requirementsSign,
  signLook,
  waitedFor,
} from "./map-signs.ts";

function requests(perSecond: number, errorShare = 0, p99Ms?: number) {
  return { perSecond, errorShare, ...(p99Ms === undefined ? {} : { p99Ms }) };
}

function snapshot(...states: State[]) {
  return {
    name: "api",
    kind: "service" as const,
    external: false,
    replicas: states.map((state, index) => ({ id: `api.${index + 1}`, state, restarts: 0, sinceMs: 0 })),
  };
}

test("a link is thicker and moves faster with more traffic, within bounds", () => {
  const rates = [0.01, 0.5, 5, 50, 500, 5_000, 1e6, 1e9];
  const signs = rates.map((rate) => linkSign(requests(rate), undefined));
  for (const [index, sign] of signs.slice(1).entries()) {
    assert.ok(sign.thickness >= (signs[index]?.thickness ?? 0));
    assert.ok(sign.flow >= (signs[index]?.flow ?? 0));
  }
  assert.deepEqual(
    signs.map((sign) => sign.flow),
    [1, 1, 2, 3, 4, 5, 5, 5],
  );
  assert.ok((signs.at(-1)?.thickness ?? 99) <= 6);
});

test("a link that fails is told before one that is slow, and an idle one is neither", () => {
  assert.equal(linkSign(undefined, 200).level, "unknown");
  assert.equal(linkSign(requests(0, 0, 900), 200).level, "idle");
  assert.equal(linkSign(requests(9, 0.2, 900), 200).level, "bad");
  assert.equal(linkSign(requests(9, 0.01, 900), 200).level, "warn");
  assert.equal(linkSign(requests(9, 0.01, 900), 200).why, "1 % of requests fail");
  assert.equal(linkSign(requests(9, 0, 900), 200).why, "p99 is 900 ms, over the 200 ms required");
  assert.equal(linkSign(requests(9, 0, 900), undefined).level, "good");
  assert.deepEqual(linkLines(requests(1_234, 0, 12.3)), ["1.23k/s", "12.3 ms"]);
  assert.deepEqual(linkLines(undefined), ["no figures", ""]);
});

test("a part tells how many of its replicas are in what state, the worst first", () => {
  const failed: State = { is: "failed", reason: "it exited with code 1", looping: false, retryInMs: 4_000 };
  const part = snapshot({ is: "ready" }, { is: "waiting", for: "links" }, failed, failed);
  const problems = partProblems(part, undefined, []);
  assert.deepEqual(
    problems.map((one) => one.text),
    ["2 of 4 failed: it exited with code 1 (tries again in 4 s)", "1 of 4 waiting for links"],
  );
  assert.equal(signLook(part, problems), "bad");
  assert.deepEqual(partProblems(snapshot({ is: "ready" }), undefined, []), []);
});

test("what a part waits for is told by name, and words that are none are not taken for one", () => {
  assert.deepEqual(waitedFor(snapshot({ is: "waiting", for: "links, hot and log" })), [
    "links",
    "hot",
    "log",
  ]);
  assert.deepEqual(waitedFor(snapshot({ is: "waiting", for: "its turn" })), []);
  assert.deepEqual(waitedFor(snapshot({ is: "starting", for: "links" })), []);
});

test("a fault in force and an own figure that is bad are problems of their part", () => {
  const fault: Mark = {
    id: "1",
    kind: "fault",
    fromMs: 5,
    open: true,
    part: "api",
    text: "half of the packets are lost",
  };
  const figures = {
    name: "api",
    own: [
      { label: "lag", value: 12_000, unit: "count" as const, level: "bad" as const, why: "nobody reads" },
    ],
    replicas: [{ id: "api.1", state: { is: "ready" as const }, restarts: 0, sinceMs: 0 }],
  };
  const problems = partProblems(snapshot({ is: "ready" }), figures, [fault]);
  assert.deepEqual(
    problems.map((one) => [one.level, one.text]),
    [
      ["bad", "nobody reads"],
      ["fault", "half of the packets are lost"],
    ],
  );
  const onLink: Mark = { ...fault, to: "links" };
  assert.deepEqual(partProblems(snapshot({ is: "ready" }), undefined, [onLink]), []);
});

test("only faults that go on are in force", () => {
  const fault: Mark = { id: "1", kind: "fault", fromMs: 5, text: "cut" };
  const marks: Mark[] = [
    fault,
    { ...fault, id: "2", open: true },
    { ...fault, id: "3", toMs: 50 },
    { ...fault, id: "4", toMs: 150 },
    { ...fault, id: "5", kind: "death", open: true },
  ];
  assert.deepEqual(
    openFaults(marks, 100).map((mark) => mark.id),
    ["2", "4"],
  );
});

test("what a label has no room for is told in words", () => {
  const requests = { perSecond: 20, errorShare: 0.02, p50Ms: 3, p99Ms: 40, source: "edge" as const };
  assert.equal(
    linkDetails({ from: "front", to: "api", connections: 8, requests }),
    "half within 3 ms, 8 connections",
  );
  assert.equal(linkDetails(undefined), "");
});

test("the requirements are one verdict: what is broken outweighs what holds", () => {
  const of = (state: RequirementStatus["state"]) => ({ state }) as RequirementStatus;
  assert.deepEqual(requirementsSign([]), { level: "off", text: "no requirements" });
  assert.deepEqual(requirementsSign([of("unknown")]), { level: "off", text: "not measured yet" });
  assert.deepEqual(requirementsSign([of("met"), of("unknown")]), { level: "good", text: "1 of 2 met" });
  assert.deepEqual(requirementsSign([of("met"), of("not-met")]), { level: "bad", text: "1 of 2 not met" });
  assert.deepEqual(requirementsSign([of("met")]), { level: "good", text: "all 1 met" });
});

test("each unit of an engine's own figures has its way of being written", () => {
  assert.equal(ownText({ label: "hit ratio", value: 0.973, unit: "share" }), "97.3 %");
  assert.equal(ownText({ label: "memory", value: 1_048_576, unit: "bytes" }), "1 MiB");
  assert.equal(ownText({ label: "lag", value: 1_500, unit: "count" }), "1.5k");
  assert.equal(ownText({ label: "evicted", value: 3, unit: "per-second" }), "3/s");
  assert.equal(ownText({ label: "lag", value: 250, unit: "ms" }), "250 ms");
});
