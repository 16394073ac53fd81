import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { hiddenLetters } from "./hidden-letters.ts";

test("a text without hidden characters is one piece, and an empty one none", () => {
  assert.deepEqual(hiddenLetters("grün\t日本\n🙂"), [{ text: "grün\t日本\n🙂", isHidden: false }]);
  assert.deepEqual(hiddenLetters(""), []);
});

test("controls, turns of direction and characters without width are named", () => {
  assert.deepEqual(
    hiddenLetters("a\u202egpj\0\u200b\ud800").map(({ text, isHidden }) => (isHidden ? `<${text}>` : text)),
    ["a", "<U+202E>", "gpj", "<U+0000>", "<U+200B>", "<U+D800>"],
  );
});

test("what is shown holds no hidden character, and the others in their order", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const shown = hiddenLetters(text)
        .filter(({ isHidden }) => !isHidden)
        .map((piece) => piece.text)
        .join("");
      assert.doesNotMatch(shown, /[^\P{C}\t\n\r]/u);
      let at = 0;
      for (const letter of shown) at = text.indexOf(letter, at) + 1;
      assert.ok(shown === "" || at > 0);
    }),
  );
});
