import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { partColours } from "./part-colours.ts";

describe("the colours of parts", () => {
  const design = Array.from({ length: 20 }, (_, at) => `part-${at}`);

  test("are those of their places in the design, in whatever order they are shown", () => {
    assert.deepEqual(
      [...partColours(["part-5", "part-2"], design)],
      [
        ["part-5", 5],
        ["part-2", 2],
      ],
    );
  });

  test("differ among up to eight that stand together, also of parts that the design does not know", () => {
    const shown = ["part-0", "part-8", "part-16", "part-1", "stranger", "stranger-2", "part-9", "part-17"];
    assert.equal(new Set(partColours(shown, design).values()).size, 8);
  });

  test("are shared by more than eight", () => {
    const colours = partColours(design, design);
    assert.equal(colours.size, 20);
    assert.ok([...colours.values()].every((colour) => colour >= 0 && colour < 8));
  });
});
