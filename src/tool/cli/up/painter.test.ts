import assert from "node:assert/strict";
import { test } from "node:test";
import { shownAfter } from "../testing/memory-screen.ts";
import { MemoryOutput } from "../testing/memory-terminal.ts";
import { Painter } from "./painter.ts";

test("lines are drawn again in the same place, and what stays is written above them", () => {
  const out = new MemoryOutput();
  const painter = new Painter(out);
  painter.draw(["one", "two", "three"]);
  painter.draw(["one!", "two!"]);
  painter.above(["news"]);
  painter.draw(["last"]);
  assert.deepEqual(shownAfter(out.text, out.columns), ["news", "last", ""]);
});

test("lines that are left stay where they are", () => {
  const out = new MemoryOutput();
  const painter = new Painter(out);
  painter.draw(["kept"]);
  painter.leave();
  painter.draw(["next"]);
  painter.clear();
  assert.deepEqual(shownAfter(out.text, out.columns), ["kept", ""]);
});

test("a line that a narrow window broke in two is erased whole", () => {
  const out = new MemoryOutput();
  out.columns = 5;
  const painter = new Painter(out);
  painter.draw(["1234567", "ab"]);
  painter.draw(["x"]);
  assert.deepEqual(shownAfter(out.text, out.columns), ["x", ""]);
});
