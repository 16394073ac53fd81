import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { PlanAnswer } from "../../plan-answer.ts";
import { demoAnswer } from "../testing/demo-answer.ts";
import { planPage } from "./index.ts";
import { assertLinked, assertWellFormed, textOf } from "./testing/markup-check.ts";
import { demoModel, demoSweeps, wholeAnswer } from "./testing/whole-page.ts";

const page = planPage(wholeAnswer, { model: demoModel, sweeps: demoSweeps });

/** Texts that would be something else if anything took them for markup, or that turn what stands behind them. */
const hostile = fc
  .array(
    fc.constantFrom(
      "<script>alert(1)</script>",
      '<img src=x onerror="alert(1)">',
      "</style></svg></title>",
      "<!--",
      "]]>",
      '"',
      "'",
      "&",
      "&lt;",
      "<",
      ">",
      "\u0000",
      "\u202e",
      "\ud800",
      "javascript:alert(1)",
      " onload=alert(1) ",
      "#figure-0",
      "…",
      ".",
      "undefined-to-be",
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((pieces) => pieces.join(""));

/** Words that the contract sets: all other texts may be anybody's. */
const FIXED = new Set(["kind", "state", "severity", "unit", "bound", "afterKnee"]);

/** The same with every text and every number replaced by what `next` draws for it. */
function replaced<Value>(
  value: Value,
  next: (old: string | number, key: string) => unknown,
  key = "",
): Value {
  if (typeof value === "string" || typeof value === "number") {
    return (FIXED.has(key) ? value : next(value, key)) as Value;
  }
  if (Array.isArray(value)) return value.map((one) => replaced(one, next, key)) as Value;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, one]) => [name, replaced(one, next, name)]);
  return Object.fromEntries(entries) as Value;
}

/** Draws from a list, over and over. */
function drawnFrom<Value>(values: readonly Value[]): () => Value {
  let at = 0;
  return () => values[at++ % values.length] as Value;
}

describe("the page of a plan", () => {
  test("is well-formed, has one heading of the first level and none that skips a level", () => {
    assertWellFormed(page);
    const levels = [...page.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    assert.equal(levels.filter((level) => level === 1).length, 1);
    for (const [at, level] of levels.entries()) {
      assert.ok(level <= (levels[at - 1] ?? 0) + 1, `heading ${at} is of level ${level}`);
    }
  });

  test("loads nothing and runs nothing: no script, no address, and a policy that says so", () => {
    assert.match(page, /http-equiv="Content-Security-Policy" content="default-src &?.*'none'/);
    assert.doesNotMatch(page, /<(script|link|iframe|img|object|embed|form|base|use|image)\b|url\(|@import/i);
    assert.doesNotMatch(page, /\s(src|on\w+|xlink:href)=/i);
    assert.deepEqual(
      [...page.matchAll(/href="([^"]*)"/g)].filter(([, to]) => !to?.startsWith("#")),
      [],
    );
  });

  test("links lead to what is there, and no two things have one name", () => {
    assertLinked(page);
    assert.match(page, /href="#figure-\d+">average request rate</);
  });

  test("tells each verdict in words, each formula filled in, and each figure where it comes from", () => {
    const text = textOf(page);
    for (const words of ["does not hold", "holds", "not known", "--set links.copies=2"]) {
      assert.ok(text.includes(words), words);
    }
    for (const { title, source } of wholeAnswer.figures) {
      assert.ok(text.includes(title), title);
      if (source.kind === "derived") assert.ok(text.includes(source.filled), source.filled);
      if (source.kind === "given") assert.ok(text.includes(source.place), source.place);
    }
    for (const { title, rule } of wholeAnswer.findings ?? []) {
      assert.ok(text.includes(title) && text.includes(rule), rule);
    }
  });

  test("leaves out the sections in which there would be nothing", () => {
    const bare = planPage(
      { ...demoAnswer, classes: [], parts: [], requirements: [], figures: [], assumptions: [] },
      { model: demoModel },
    );
    assertWellFormed(bare);
    assertLinked(bare);
    assert.deepEqual(
      [...bare.matchAll(/<section/g)].map(([tag]) => tag),
      [],
    );
  });

  test("is the same bytes for the same plan, which it leaves as it was", () => {
    const before = JSON.stringify(wholeAnswer);
    assert.equal(planPage(wholeAnswer, { model: demoModel, sweeps: demoSweeps }), page);
    assert.equal(JSON.stringify(wholeAnswer), before);
  });

  test("shows whatever a design says as text, and links still lead where they should", () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 12 }), (texts) => {
        const next = drawnFrom(texts);
        const text = (old: string | number) => (typeof old === "string" ? next() : old);
        const answer = replaced(wholeAnswer, text);
        const html = planPage(answer, { model: demoModel, sweeps: replaced(demoSweeps, text) });
        assertWellFormed(html);
        assertLinked(html);
      }),
      { numRuns: 60 },
    );
  });

  test("says of a hostile text every letter that can be shown", () => {
    const title = `<script>"it's" & that</script>`;
    const figures = wholeAnswer.figures.map((one) => ({ ...one, title }));
    assert.ok(textOf(planPage({ ...wholeAnswer, figures }, { model: demoModel })).includes(title));
  });

  test("has no number that is none, whatever is endless, unknown or left out", () => {
    const odd = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, undefined, 0, -1, 0.000001, 1, 1e15);
    fc.assert(
      fc.property(fc.array(odd, { minLength: 1, maxLength: 9 }), (numbers) => {
        const next = drawnFrom(numbers);
        // What was asked for is a number, and what is counted is whole.
        const kept = new Set(["required", "seed", "version", "depth"]);
        const number = (old: string | number, key: string) =>
          typeof old === "string" || kept.has(key) ? old : next();
        const answer: PlanAnswer = replaced(wholeAnswer, number);
        const html = planPage(answer, { model: demoModel, sweeps: replaced(demoSweeps, number) });
        assertWellFormed(html);
        const [odds] = /.{0,80}(?:NaN|undefined|Infinity|\[object|>null<).{0,80}/.exec(html) ?? [];
        assert.equal(odds, undefined);
      }),
      { numRuns: 100 },
    );
  });
});
