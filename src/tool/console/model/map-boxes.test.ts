import assert from "node:assert/strict";
import { test } from "node:test";
import { boxHeight, cellRows } from "./map-boxes.ts";

test("a box grows with its own figures and its rows of cells, and no further than their bounds", () => {
  const height = (own: number, replicas: number) => boxHeight("service", false, { own, replicas });
  assert.ok(height(1, 1) > height(0, 1));
  assert.ok(height(0, 2) > height(0, 1));
  assert.equal(height(0, 12), height(0, 2));
  assert.ok(height(0, 13) > height(0, 12));
  assert.equal(height(9, 900), height(3, 24));
});

test("one replica has no cell: the mark of the part says it already", () => {
  assert.deepEqual([0, 1, 2, 12, 13, 400].map(cellRows), [0, 0, 1, 1, 2, 2]);
});

test("what stands outside Trestle has no load and no cells", () => {
  const content = { own: 2, replicas: 4 };
  assert.ok(boxHeight("cache", true, content) < boxHeight("cache", false, content));
});
