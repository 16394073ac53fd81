import assert from "node:assert/strict";
import { test } from "node:test";
import type { SystemModel } from "../../design/model.ts";
import type { PlanAnswer } from "../plan-answer.ts";
import { demoAnswer, demoFindings } from "../report/testing/demo-answer.ts";
import { differenceMarkdown, planDifference, settingText } from "./index.ts";
import { settingChanges } from "./settings.ts";

const model: SystemModel = {
  version: 1,
  name: "shortener",
  requires: { availability: 0.9999 },
  parts: [
    { kind: "database", name: "links" },
    { kind: "cache", name: "hot", memoryBytes: 64 * 1024 ** 2 },
  ],
};

const revision = { name: "main", commit: "0123456789abcdef0123456789abcdef01234567" };

function compared(before: PlanAnswer, after: PlanAnswer) {
  return planDifference({ model, answer: before }, { model, answer: after }, revision);
}

test("a design beside itself has no difference", () => {
  const { settings, requirements, figures, findings } = compared(demoAnswer, demoAnswer);
  assert.deepEqual([settings, figures], [[], []]);
  assert.ok(requirements.every(({ direction }) => direction === "same"));
  assert.deepEqual(findings, { appeared: [], gone: [], stayed: 0 });
});

test("settings are told by their places, and a part that comes or goes is one change", () => {
  const after: SystemModel = {
    ...model,
    requires: { availability: 0.999, latency: { p99Ms: 200 } },
    parts: [
      { kind: "cache", name: "hot", memoryBytes: 128 * 1024 ** 2 },
      { kind: "cache", name: "warm", memoryBytes: 1 },
    ],
  };
  assert.deepEqual(settingChanges(model, after), [
    { place: "warm", after: "cache" },
    { place: "links", before: "database" },
    { place: "requires.availability", before: 0.9999, after: 0.999 },
    { place: "requires.latency.p99Ms", after: 200 },
    { place: "hot.memoryBytes", before: 64 * 1024 ** 2, after: 128 * 1024 ** 2 },
  ]);
  assert.equal(settingText("hot.memoryBytes", 64 * 1024 ** 2), "64 MiB");
  assert.equal(settingText("requires.latency.p99Ms", 200), "200 ms");
});

test("a requirement that turns counts more than its figure, and rounding counts as nothing", () => {
  const [latency, availability] = demoAnswer.requirements;
  assert.ok(latency && availability);
  const direction = (before: typeof latency, after: typeof latency) =>
    compared({ ...demoAnswer, requirements: [before] }, { ...demoAnswer, requirements: [after] })
      .requirements[0]?.direction;
  assert.equal(direction(latency, { ...latency, predicted: 24 }), "worse");
  assert.equal(direction(latency, { ...latency, predicted: 6 }), "better");
  assert.equal(direction(latency, { ...latency, predicted: 12.31 }), "same");
  assert.equal(direction(latency, { ...latency, predicted: 6, state: "fails" }), "worse");
  assert.equal(direction(latency, { ...latency, predicted: Number.POSITIVE_INFINITY }), "worse");
  // A hundredth of a percent is nothing, but a third of what is lost.
  assert.equal(direction(availability, { ...availability, predicted: 0.9998 }), "better");
  const { requirements } = compared({ ...demoAnswer, requirements: [] }, demoAnswer);
  assert.ok(requirements.every((one) => one.direction === "new" && one.before === undefined));
});

test("load, times and price are told by whom they are of, and whether that is good", () => {
  const [links, ...others] = demoAnswer.parts;
  const [read, write] = demoAnswer.classes;
  assert.ok(links && read && write);
  const after: PlanAnswer = {
    ...demoAnswer,
    classes: [{ ...read, latencyMs: { ...read.latencyMs, p99: 5 } }, write],
    parts: [{ ...links, replicas: 2, utilisation: 0.16, pricePerMonth: 120 }, ...others],
    bottleneck: { part: "shortener", perSecond: 9_000 },
    pricePerMonth: 320,
  };
  const { figures } = compared(demoAnswer, after);
  assert.deepEqual(
    figures.map(({ about, name, title, direction }) => [about, name, title, direction]),
    [
      ["system", "shortener", "full at", "better"],
      ["system", "shortener", "price", "worse"],
      ["class", "read", "p99", "better"],
      ["part", "links", "replicas", "changed"],
      ["part", "links", "busy", "better"],
      ["part", "links", "price", "new"],
    ],
  );
});

test("findings are the same when rule and place are", () => {
  const [first, second] = demoFindings;
  assert.ok(first && second);
  const { findings } = compared(
    { ...demoAnswer, findings: [first, second] },
    {
      ...demoAnswer,
      findings: [
        { ...first, reason: "said otherwise" },
        { ...second, place: "elsewhere" },
      ],
    },
  );
  assert.deepEqual(
    [findings.appeared.map(({ place }) => place), findings.gone.map(({ place }) => place), findings.stayed],
    [["elsewhere"], ["hot"], 1],
  );
});

test("Markdown tells the verdict, tables and findings, for a pull request", () => {
  const after: PlanAnswer = {
    ...demoAnswer,
    requirements: demoAnswer.requirements.map((one) =>
      one.id === "availability" ? { ...one, predicted: 0.99995, state: "holds" as const } : one,
    ),
    findings: demoFindings,
  };
  const text = differenceMarkdown(compared(demoAnswer, after), "shortener");
  assert.match(text, /^### shortener: the plan against `main` \(`0123456789`\)\n/);
  assert.match(text, /❌ fails → \*\*✅ holds\*\*/);
  assert.match(
    text,
    /\| availability \| ≥ 99.99% \| 99.97% ❌ fails \| \*\*99.995% ✅ holds\*\* \| better \|/,
  );
  assert.match(text, /- \*\*risk\*\* links stands alone \(`links`\): /);
});

test("what a design says stays text in Markdown", () => {
  const hostile = "`x` | @everyone #1 <img src=x> [a](https://evil.example) **b**\n# c";
  const requirements = demoAnswer.requirements.map((one) => ({ ...one, title: hostile }));
  const [finding] = demoFindings;
  assert.ok(finding);
  const findings = [{ ...finding, title: hostile, reason: hostile, place: hostile }];
  const text = differenceMarkdown(
    compared({ ...demoAnswer, requirements: [] }, { ...demoAnswer, requirements, findings }),
    hostile,
  );
  assert.doesNotMatch(text.replaceAll(/`[^`\n]*`/g, ""), /@everyone|<img|https:|(?<!\\)\*\*b|\n# c|(?<!&)#1/);
  for (const line of text.split("\n").filter((one) => one.startsWith("|")))
    assert.equal(line.match(/(?<!\\)\|/g)?.length, 6, line);
});
