import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fitted, moved, revealing, SCALE_MAX, SCALE_MIN, zoomed } from "./viewport.ts";

const sizes = fc.record({
  width: fc.integer({ min: 50, max: 5_000 }),
  height: fc.integer({ min: 50, max: 5_000 }),
});
const viewports = fc.record({
  x: fc.integer({ min: -2_000, max: 2_000 }),
  y: fc.integer({ min: -2_000, max: 2_000 }),
  scale: fc.double({ min: SCALE_MIN, max: SCALE_MAX, noNaN: true }),
});

test("a drawing that fits lies in the middle, and one that does not is shown around what matters", () => {
  assert.deepEqual(fitted({ width: 400, height: 200 }, { width: 840, height: 640 }, 20), {
    x: 120,
    y: 170,
    scale: 1.5,
  });
  assert.deepEqual(fitted({ width: 4_000, height: 2_000 }, { width: 840, height: 640 }, 20, 0.5), {
    x: 20,
    y: 20,
    scale: 0.5,
  });
  const around = (x: number, y: number) =>
    fitted({ width: 4_000, height: 2_000 }, { width: 840, height: 640 }, 20, 0.5, { x, y });
  assert.deepEqual(around(2_000, 1_000), { x: -580, y: -180, scale: 0.5 });
  assert.deepEqual(around(4_000, 2_000), { x: -1_180, y: -380, scale: 0.5 });
  assert.equal(fitted({ width: 1_600, height: 100 }, { width: 840, height: 640 }, 20).scale, 0.5);
});

test("whatever is under the pointer stays under it when the drawing is made larger or smaller", () => {
  const points = fc.record({ x: fc.integer({ min: 0, max: 900 }), y: fc.integer({ min: 0, max: 900 }) });
  fc.assert(
    fc.property(viewports, fc.double({ min: 0.2, max: 5, noNaN: true }), points, (from, factor, at) => {
      const to = zoomed(from, factor, at);
      assert.ok(Math.abs((at.x - from.x) / from.scale - (at.x - to.x) / to.scale) < 1e-6);
      assert.ok(Math.abs((at.y - from.y) / from.scale - (at.y - to.y) / to.scale) < 1e-6);
      assert.ok(to.scale >= SCALE_MIN && to.scale <= SCALE_MAX);
    }),
  );
});

test("a drawing cannot be moved out of sight", () => {
  fc.assert(
    fc.property(viewports, sizes, sizes, fc.integer(), fc.integer(), (from, drawing, frame, byX, byY) => {
      const to = moved(from, byX, byY, drawing, { width: frame.width + 200, height: frame.height + 200 });
      assert.ok(to.x <= frame.width + 200 - 80 && to.x + drawing.width * to.scale >= 79.99);
      assert.ok(to.y <= frame.height + 200 - 80 && to.y + drawing.height * to.scale >= 79.99);
    }),
  );
});

test("a box that has the focus is brought into sight by the shortest way, and one in sight moves nothing", () => {
  const frame = { width: 800, height: 600 };
  const view = { x: 0, y: 0, scale: 1 };
  assert.deepEqual(revealing(view, { x: 100, y: 100, width: 100, height: 50 }, frame, 20), view);
  assert.deepEqual(revealing(view, { x: 900, y: 100, width: 100, height: 50 }, frame, 20), {
    x: -220,
    y: 0,
    scale: 1,
  });
  assert.deepEqual(revealing(view, { x: -50, y: 700, width: 100, height: 50 }, frame, 20), {
    x: 70,
    y: -170,
    scale: 1,
  });
});
