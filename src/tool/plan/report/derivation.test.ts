import assert from "node:assert/strict";
import { test } from "node:test";
import type { Figure } from "../figure.ts";
import { type Derivation, derivationOf, figuresMeant, nearestFigure, sourceText } from "./derivation.ts";
import { demoAnswer } from "./testing/demo-answer.ts";

const { figures } = demoAnswer;

function ids({ figure, inputs, told }: Derivation): unknown {
  const name = told ? `${figure.id} (told)` : figure.id;
  return inputs.length === 0 ? name : [name, ...inputs.map(ids)];
}

test("a derivation goes down to what was given", () => {
  const tree = derivationOf(figures, "traffic.peak");
  assert.deepEqual(tree && ids(tree), [
    "traffic.peak",
    ["traffic.average", ["traffic.perDay", "traffic.dailyUsers", "traffic.requestsPerUser"]],
    "traffic.peakFactor",
  ]);
});

test("what several figures use is told under its first mention alone", () => {
  const sum: Figure = {
    id: "sum",
    title: "sum",
    value: 1,
    unit: "count",
    source: { kind: "derived", formula: "", filled: "", inputs: ["traffic.peak", "traffic.average"] },
  };
  const both = derivationOf([...figures, sum], "sum");
  assert.equal(both?.inputs[1]?.told, true);
  assert.equal(derivationOf(figures, "no.such.figure"), undefined);
});

test("figures that are made of each other end all the same", () => {
  const circle = (id: string, input: string): Figure => ({
    id,
    title: id,
    value: 1,
    unit: "count",
    source: { kind: "derived", formula: "", filled: "", inputs: [input] },
  });
  const tree = derivationOf([circle("one", "other"), circle("other", "one")], "one");
  assert.deepEqual(tree && ids(tree), ["one", ["other", "one (told)"]]);
});

test("a figure is found by its id, by a part of it, or by its title", () => {
  const found = (word: string) => figuresMeant(figures, word).map(({ id }) => id);
  assert.deepEqual(found("traffic.peak"), ["traffic.peak"]);
  assert.deepEqual(found("PEAK"), ["traffic.peakFactor", "traffic.peak"]);
  assert.deepEqual(found("nothing like it"), []);
  assert.equal(nearestFigure(figures, "traffic.peek"), "traffic.peak");
  assert.equal(nearestFigure(figures, "avrage"), "traffic.average");
});

test("every kind of source has its words", () => {
  const words = figures.map((figure) => sourceText(figure));
  assert.ok(words.includes("given: requires.traffic.peak"));
  assert.ok(words.includes("2,315/s × 3 = 6,944/s"));
  assert.ok(words.includes("default of postgresql"));
  const source = { kind: "measured", profile: "profile.json", run: "7" } as const;
  assert.equal(sourceText({ source }), "measured in run 7: profile.json");
});
