import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlanNode } from "../../control-api/index.ts";
import { offText, planLines } from "./plan-shares.ts";

function node(id: string, more: Partial<PlanNode>, children: readonly PlanNode[] = []): PlanNode {
  return { id, type: "Sort", title: "Sort", cost: 0, rowsEstimated: 1, details: [], children, ...more };
}

test("shares are of the cost, until the time was measured", () => {
  const planned = node("0", { cost: 100 }, [node("0.0", { cost: 75 })]);
  assert.deepEqual(
    planLines(planned).map(({ node, depth, share }) => [node.id, depth, share]),
    [
      ["0", 0, 0.25],
      ["0.0", 1, 0.75],
    ],
  );
  const measured = node("0", { cost: 100, totalMs: 10, selfMs: 9 }, [
    node("0.0", { cost: 75, totalMs: 1, selfMs: 1 }),
  ]);
  assert.deepEqual(
    planLines(measured).map(({ share }) => share),
    [0.9, 0.1],
  );
});

test("a share stays between nothing and all, whatever the plan says", () => {
  const odd = node("0", { cost: 10 }, [node("0.0", { cost: 50 }), node("0.1", { cost: 0 })]);
  assert.deepEqual(
    planLines(odd).map(({ share }) => share),
    [0, 1, 0],
  );
  assert.equal(planLines(node("0", {}))[0]?.share, 0);
});

test("estimates are compared in words, and good ones not at all", () => {
  const off = (rows: number, rowsEstimated: number) =>
    offText(planLines(node("0", { rows, rowsEstimated, loops: 1 }))[0]?.off);
  assert.deepEqual(
    [off(1_200, 100), off(1, 4_000), off(300, 100), off(150, 100), off(0, 1)],
    ["12× more", "4,000× fewer", "3.0× more", undefined, undefined],
  );
  assert.equal(planLines(node("0", {}))[0]?.off, undefined);
});
