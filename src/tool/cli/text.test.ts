import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cut, harmless, padEnd, padStart, widthOf } from "./text.ts";

test("colours stay when they are wanted, and are closed at the end of the line", () => {
  assert.equal(harmless("\x1b[31mred", true), "\x1b[31mred\x1b[0m");
  assert.equal(harmless("\x1b[31mred\x1b[39m plain", false), "red plain");
});

test("what would move the cursor, clear the screen or name the window is dropped", () => {
  assert.equal(
    harmless("a\x1b[2Jb\x1b[10;10Hc\x1b]0;title\x07d\x1b]8;;http://x\x1b\\e\rf\bg", true),
    "abcdefg",
  );
  assert.equal(harmless("tab\there", true), "tab  here");
});

test("whatever a process writes, nothing but text and closed colours is shown", () => {
  const hostile = fc.array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("\x1b", "\x1b[", "\x1b]", "\x9b", "\x07", "[2J", "31m"),
    ),
  );
  fc.assert(
    fc.property(hostile, fc.boolean(), (pieces, colour) => {
      const shown = harmless(pieces.join(""), colour);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be left
      assert.doesNotMatch(shown.replace(/\x1b\[[0-9;:]*m/g, ""), /[\x00-\x1f\x7f-\x9f]/);
      if (!colour) assert.ok(!shown.includes("\x1b"));
    }),
  );
});

test("a cut text is never wider than asked, and says that something is missing", () => {
  assert.equal(cut("abcdef", 6), "abcdef");
  assert.equal(cut("abcdef", 5), "abcd…");
  assert.equal(cut("\x1b[31mabcdef\x1b[39m", 4), "\x1b[31mabc…\x1b[0m");
  assert.equal(cut("日本語", 5), "日本…");
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 40 }), (text, width) => {
      assert.ok(widthOf(cut(text, width)) <= width);
    }),
  );
});

test("colours take no width, and wide characters take two columns", () => {
  assert.equal(widthOf("\x1b[31mred\x1b[39m"), 3);
  assert.equal(widthOf("日本"), 4);
  assert.equal(padEnd("\x1b[31mred\x1b[39m", 5), "\x1b[31mred\x1b[39m  ");
  assert.equal(padStart("日", 4), "  日");
});
