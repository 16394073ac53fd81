import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { PlanAnswer } from "../../plan/plan-answer.ts";
import { demoAnswer, demoFindings, demoSimulation } from "../../plan/report/testing/demo-answer.ts";
import { ansi, plain } from "../paint.ts";
import { widthOf } from "../text.ts";
import { reportLines } from "./report-text.ts";
import { finished, sheetOf } from "./sheet.ts";

const whole: PlanAnswer = { ...demoAnswer, findings: demoFindings, simulation: demoSimulation };

function report(answer: PlanAnswer, columns = 80): string[] {
  const sheet = sheetOf({ columns }, plain);
  return finished(reportLines(answer, "system.ts", sheet), sheet, false)
    .split("\n")
    .slice(0, -1);
}

test("the verdict comes first, and says what fails in words and by a sign", () => {
  const [verdict, facts] = report(demoAnswer);
  assert.equal(verdict, "✖ shortener cannot hold its requirements: 1 of 3 fails");
  assert.equal(facts, "  system.ts · peak 6,944/s · 200 a month");
});

test("a requirement that fails comes before those that hold, with why and the mend", () => {
  const text = report(demoAnswer).join("\n");
  assert.ok(text.indexOf("✖ FAILS  availability") < text.indexOf("✔ holds  latency p99"));
  assert.ok(text.indexOf("✔ holds  latency p99") < text.indexOf("? open   durability"));
  assert.match(text, /--set links\.copies=2.* → 99\.995%, 320 a month/);
});

test("what breaks as the load grows is told in its order, the peak among it", () => {
  const lines = report(demoAnswer);
  const from = lines.indexOf("As the load grows") + 1;
  assert.deepEqual(
    lines.slice(from, from + 3).map((line) => line.trim().replaceAll(/\s*[█▉▊▋▌▍▎▏]+\s*/g, " ")),
    ["6,944/s the peak", "8,100/s  ×1.2 latency p99 goes above 200 ms", "8,370/s  ×1.2 shortener is full"],
  );
});

test("every part has its load, how busy it is as a bar and a number, and the replicas that it needs", () => {
  const lines = report(demoAnswer, 100);
  assert.match(
    lines.find((line) => line.startsWith("  shortener  service")) ?? "",
    /2 → 3 .*6,944\/s .*█.* 83% /,
  );
  const full = { ...demoAnswer, parts: demoAnswer.parts.map((part) => ({ ...part, utilisation: 1.4 })) };
  assert.ok(report(full).some((line) => line.includes("████████ 140%!")));
});

test("a review's findings and a simulation have sections where they were asked for", () => {
  const titles = (answer: PlanAnswer) => report(answer).filter((line) => /^[A-Z]/.test(line));
  assert.deepEqual(titles(demoAnswer), [
    "Requirements",
    "As the load grows",
    "In numbers",
    "Requests at the peak",
    "Their ways",
    "Parts at the peak",
    "Assumed",
  ]);
  assert.ok(titles(whole).includes("Simulation"));
  assert.ok(titles(whole).includes("Review: 1 risk, 1 question"));
});

test("no line is wider than the terminal, from 40 columns on", () => {
  for (const columns of [40, 60, 79, 80, 100, 200]) {
    const sheet = sheetOf({ columns }, ansi);
    for (const line of reportLines(whole, "system.ts", sheet)) {
      // A line that has to be cut where it ends was not laid out for the terminal.
      assert.ok(columns < 80 || widthOf(line) <= columns, `${columns}: ${line}`);
    }
    for (const line of report(whole, columns)) assert.ok(widthOf(line) <= columns, line);
  }
});

test("colour alone says nothing: without it the text is the same", () => {
  const sheet = sheetOf({ columns: 80 }, ansi);
  const coloured = finished(reportLines(whole, "system.ts", sheet), sheet, true);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour sequences are what is taken away
  const text = coloured.replaceAll(/\x1b\[[0-9;]*m/g, "").replaceAll(/ +$/gm, "");
  assert.equal(text, `${report(whole).join("\n").replaceAll(/ +$/gm, "")}\n`);
});

test("a plan of nothing has a verdict all the same", () => {
  const empty = { ...demoAnswer, figures: [], classes: [], parts: [], requirements: [], assumptions: [] };
  const { bottleneck: _none, pricePerMonth: _free, ...bare } = empty;
  assert.deepEqual(report(bare), ["? shortener has no requirements that a plan could check", "  system.ts"]);
});

test("what is full takes endlessly long, and the report says so", () => {
  const latencyMs = {
    mean: Infinity,
    p50: Infinity,
    p90: Infinity,
    p95: Infinity,
    p99: Infinity,
    p999: Infinity,
  };
  const answer: PlanAnswer = {
    ...demoAnswer,
    classes: demoAnswer.classes.map((one) => ({
      ...one,
      latencyMs,
      stays: one.stays.map((stay, index) => (index === 1 ? { ...stay, ms: Infinity } : stay)),
    })),
    requirements: demoAnswer.requirements.map((one) =>
      one.id === "latency.p99" ? { ...one, predicted: Infinity, state: "fails", breaksAtPerSecond: 0 } : one,
    ),
  };
  const text = report(answer).join("\n");
  assert.match(text, /✖ FAILS {2}latency p99 +∞ +at most 200 ms/);
  assert.doesNotMatch(text, /NaN|Infinity|undefined/);
});

test("whatever a design is called cannot move the cursor", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (name) => {
      const text = report({
        ...whole,
        system: name,
        assumptions: [name],
        requirements: whole.requirements.map((one) => ({ ...one, sentence: name })),
      }).join("\n");
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
      assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    }),
    { numRuns: 50 },
  );
});
