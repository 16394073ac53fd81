import assert from "node:assert/strict";
import { test } from "node:test";
import { type PlanAnswer, planDifference, sweep } from "../../plan/index.ts";
import { demoAnswer, demoFindings } from "../../plan/report/testing/demo-answer.ts";
import { plain } from "../paint.ts";
import { demoModel } from "../testing/demo-model.ts";
import { widthOf } from "../text.ts";
import { differenceLines } from "./difference-text.ts";
import { sheetOf } from "./sheet.ts";
import { sweepLines } from "./sweep-text.ts";

const sheet = sheetOf({ columns: 80 }, plain);

/** The demo with a p99 of so many milliseconds, of 200 allowed. */
function withP99(predicted: number): PlanAnswer {
  const requirements = demoAnswer.requirements.map((one) =>
    one.id === "latency.p99" ? { ...one, predicted, state: predicted <= 200 ? "holds" : "fails" } : one,
  ) as PlanAnswer["requirements"];
  return { ...demoAnswer, requirements };
}

test("a sweep draws the requirement that moves most, and says where it turns and bends", () => {
  const p99s = [Number.POSITIVE_INFINITY, 900, 320, 90, 80, 75];
  const values = p99s.map((_, index) => `${index + 1}`);
  const swept = sweep("shortener.replicas", values, (value) => withP99(p99s[Number(value) - 1] ?? 0));
  const lines = sweepLines(swept, sheet);
  assert.match(lines[0] ?? "", /^shortener\.replicas .*COST +LATENCY P99$/);
  assert.match(lines[1] ?? "", /^ +1 .* ∞ ✖ {2}▒{16}$/);
  assert.match(lines[4] ?? "", /^ +4 .* 90 ms ✔ {2}█▋$/);
  assert.ok(lines.includes("latency p99 begins to hold between shortener.replicas=3 and 4."));
  assert.ok(lines.some((line) => line.startsWith("The bend of latency p99 is at shortener.replicas=4:")));
  // What nothing is known of has no column.
  assert.doesNotMatch(lines[0] ?? "", /DURABILITY/);
  assert.ok(lines.every((line) => widthOf(line) <= 78));
});

test("a sweep along what nothing depends on says so, and a value that is refused says why", () => {
  const still = sweep("hot.memory", ["1GiB", "2GiB"], () => demoAnswer);
  assert.ok(sweepLines(still, sheet).includes("No requirement depends on hot.memory between these values."));
  const refused = sweep("hot.memory", ["0", "1GiB"], (value) => {
    if (value === "0") throw new Error("a cache holds something");
    return demoAnswer;
  });
  assert.ok(sweepLines(refused, sheet).includes("0: a cache holds something"));
});

test("a difference begins with what became of the requirements, and tells each change and finding", () => {
  const before = { model: demoModel, answer: withP99(900) };
  const held = demoAnswer.requirements.map((one) => ({ ...one, state: "holds" as const }));
  const after = {
    model: { ...demoModel, name: "shortener-2" },
    answer: { ...demoAnswer, requirements: held, pricePerMonth: 320, findings: demoFindings },
  };
  const revision = { name: "main", commit: "0123456789abcdef0123456789abcdef01234567" };
  const lines = differenceLines(planDifference(before, after, revision), "shortener", sheet);
  assert.deepEqual(lines.slice(0, 2), [
    "✔ shortener holds its requirements now",
    "  against main (0123456789)",
  ]);
  const text = lines.join("\n");
  assert.match(text, /\n {2}latency p99 +≤ 200 ms +900 ms ✖ +12\.3 ms ✔ {2}better\n/);
  assert.match(text, /\n {2}the whole {2}price +200 a month +320 a month {2}worse\n/);
  assert.match(text, /\n {2}name +shortener +shortener-2/);
  assert.match(text, /\nNew findings\n {2}▲ risk {2}links stands alone\n/);
  assert.ok(lines.every((line) => widthOf(line) <= 80));
});

test("a change that does nothing says so", () => {
  const same = { model: demoModel, answer: demoAnswer };
  const revision = { name: "HEAD", commit: "0".repeat(40) };
  const lines = differenceLines(planDifference(same, same, revision), "shortener", sheet);
  assert.equal(lines[0], "✖ shortener still does not hold its requirements");
  assert.ok(lines.includes("  nothing of load, times, availability and price"));
  assert.ok(!lines.includes("The design says otherwise"));
});
