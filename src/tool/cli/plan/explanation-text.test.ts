import assert from "node:assert/strict";
import { test } from "node:test";
import { demoAnswer } from "../../plan/report/testing/demo-answer.ts";
import { plain } from "../paint.ts";
import { allFigureLines, explanationLines } from "./explanation-text.ts";
import { sheetOf } from "./sheet.ts";

const sheet = sheetOf({ columns: 80 }, plain);

test("a figure is explained down to what was given", () => {
  assert.deepEqual(explanationLines(demoAnswer, "traffic.average", sheet), [
    "average request rate  2,315/s  traffic.average",
    "│ = requests per day / 86,400 s",
    "│ = 200M / 86,400 s = 2,315/s",
    "└─ requests per day  200M  traffic.perDay",
    "   │ = daily users × requests per user",
    "   │ = 10M × 20 = 200M",
    "   ├─ daily users  10M  traffic.dailyUsers",
    "   │    given: requires.traffic.dailyUsers",
    "   └─ requests per user and day  20  traffic.requestsPerUser",
    "        given: requires.traffic.requestsPerUser",
  ]);
});

test("a formula names where it is from, and a default its publication", () => {
  const text = explanationLines(demoAnswer, "links.utilisation", sheet).join("\n");
  assert.match(text, /after Kleinrock, Queueing Systems/);
  assert.match(text, /default of postgresql: docs\/plan-defaults\.md/);
});

test("a word that no figure is called like has its mend", () => {
  assert.throws(() => explanationLines(demoAnswer, "traffic.paek", sheet), {
    code: "BAD_ARGUMENT",
    message: '--explain: the plan has no figure called "traffic.paek": did you mean traffic.peak?',
  });
  assert.throws(() => explanationLines(demoAnswer, "xyz", sheet), /`--explain` alone lists them all/);
});

test("without a word every figure is listed with its id and where it comes from", () => {
  const text = allFigureLines(demoAnswer, sheet).join("\n");
  for (const { id } of demoAnswer.figures) assert.ok(text.includes(id), id);
  assert.ok(text.includes("given: requires.traffic.dailyUsers"));
});
