import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { filterColumns, hasOrOfColumns } from "./filter-columns.ts";

function found(filter: string): string[] {
  return filterColumns(filter).map(({ expression, use }) => `${use} ${expression}`);
}

describe("the columns of a filter", () => {
  test("are found with how they are compared, equality first", () => {
    assert.deepEqual(found("(t.code = 'a'::text)"), ["equal code"]);
    assert.deepEqual(found("((t.created_at > '2024-01-01'::date) AND (t.user_id = 123))"), [
      "equal user_id",
      "range created_at",
    ]);
    assert.deepEqual(found("((t.code)::text = 'x = y'::text)"), ["equal code"]);
    assert.deepEqual(found("(lower(t.email) = 'j'::text)"), ["equal lower(email)"]);
    assert.deepEqual(found("(t.name ~~ '%phone%'::text)"), ["like name"]);
    assert.deepEqual(found("(t.name ~~ 'phone%'::text)"), ["range name"]);
    assert.deepEqual(found('(t."Odd ""one" = 1)'), ['equal "Odd ""one"']);
    assert.deepEqual(found("(t.gone IS NULL)"), ["equal gone"]);
    assert.deepEqual(found("(t.id = ANY ('{1,2}'::integer[]))"), ["equal id"]);
    assert.deepEqual(found("(alternatives: SubPlan 1 or hashed SubPlan 2)"), []);
  });

  test("an OR is one of different columns, or of none", () => {
    assert.ok(hasOrOfColumns("((t.user_id = 1) OR (t.product_id = 2))"));
    assert.ok(!hasOrOfColumns("((t.user_id = 1) OR (t.user_id = 2))"));
    assert.ok(!hasOrOfColumns("((t.a = 'x OR y'::text) AND (t.b = 1))"));
  });

  test("whatever the filter holds, reading it ends soon", () => {
    fc.assert(fc.property(fc.string(), (filter) => void filterColumns(filter)));
    const started = performance.now();
    filterColumns("(".repeat(50_000));
    filterColumns("a::b ".repeat(10_000));
    filterColumns(`((${"t.a::text".repeat(5_000)}`);
    assert.ok(performance.now() - started < 2_000);
  });
});
