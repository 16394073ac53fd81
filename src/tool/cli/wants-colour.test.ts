import assert from "node:assert/strict";
import { test } from "node:test";
import { wantsColour } from "./wants-colour.ts";

test("a terminal gets colours, a pipe none", () => {
  assert.equal(wantsColour({}, true), true);
  assert.equal(wantsColour({}, false), false);
});

test("NO_COLOR set to anything but nothing says no (no-color.org)", () => {
  assert.equal(wantsColour({ NO_COLOR: "1" }, true), false);
  assert.equal(wantsColour({ NO_COLOR: "" }, true), true);
});

test("FORCE_COLOR says yes to a pipe and outweighs NO_COLOR; 0 and false say no", () => {
  assert.equal(wantsColour({ FORCE_COLOR: "1" }, false), true);
  assert.equal(wantsColour({ FORCE_COLOR: "1", NO_COLOR: "1" }, false), true);
  assert.equal(wantsColour({ FORCE_COLOR: "0" }, true), false);
  assert.equal(wantsColour({ FORCE_COLOR: "false" }, true), false);
});

test("a dumb terminal gets none", () => {
  assert.equal(wantsColour({ TERM: "dumb" }, true), false);
});
