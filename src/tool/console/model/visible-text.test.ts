import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { beginningOf, visiblePieces } from "./visible-text.ts";

function shown(text: string, marked: readonly string[] = []): string {
  return visiblePieces(text, marked)
    .map(({ text: piece, kind }) =>
      kind === "plain" ? piece : kind === "match" ? `[${piece}]` : `<${piece}>`,
    )
    .join("");
}

describe("text from anywhere", () => {
  test("shows controls, colours of terminals and marks of direction as what they are", () => {
    assert.equal(shown("a\u0007b\u001b[31mred"), "a<\\x07>b<\\e>[31mred");
    assert.equal(shown("user\u202egnp.exe"), "user<\\u202E>gnp.exe");
    assert.equal(shown("one\ntwo\r\0"), "one<\\n>two<\\r><\\0>");
    assert.equal(shown("\u{e0041}\ud800x\ufeff"), "<\\u{E0041}><\\uD800>x<\\uFEFF>");
  });

  test("leaves tabs, scripts, emoji with joiners and markup as they are: what writes them makes them harmless", () => {
    for (const text of ["a\tb", "שלום", "👩‍🚀", "<script>alert(1)</script>", "naïve"])
      assert.equal(shown(text), text);
  });

  test("marks what was searched for in any case, the longest of several, and again after it", () => {
    assert.equal(shown("Cache hit, cache miss", ["cache", "cache m"]), "[Cache] hit, [cache m]iss");
    assert.equal(shown("aaaa", ["aa"]), "[aa][aa]");
    assert.equal(shown("İstanbul istanbul", ["istanbul"]), "İstanbul istanbul");
  });

  test("keeps line breaks where there is room for lines", () => {
    assert.deepEqual(visiblePieces("a\nb\r", [], { keepsLines: true }), [
      { text: "a\nb", kind: "plain" },
      { text: "\\r", kind: "escape" },
    ]);
  });

  const character = fc.oneof(
    fc.nat(0x2100).map((code) => String.fromCharCode(code)),
    fc.constantFrom("\u{e0020}", "\ud800", "\udc00", "👩", "\u2066", "İ"),
  );
  const texts = fc.string({ unit: character });

  test("loses nothing, and lets nothing through that is not seen", () => {
    fc.assert(
      fc.property(texts, fc.array(fc.string({ maxLength: 3 })), (text, words) => {
        const pieces = visiblePieces(
          text,
          words.map((word) => word.toLowerCase()),
        );
        const plain = pieces.filter(({ kind }) => kind !== "escape").map((piece) => piece.text);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
        const unseen = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
        assert.ok(!plain.some((piece) => unseen.test(piece)));
        let rest = text;
        for (const piece of plain) {
          const at = rest.indexOf(piece);
          assert.ok(at >= 0);
          rest = rest.slice(at + piece.length);
        }
        assert.ok(pieces.every((piece) => piece.text !== ""));
      }),
    );
  });

  test("that is very long is cut between characters, and says how much is missing", () => {
    assert.deepEqual(beginningOf("abc", 3), { text: "abc", leftOut: 0 });
    assert.deepEqual(beginningOf("abcd", 3), { text: "abc", leftOut: 1 });
    assert.deepEqual(beginningOf("ab👩c", 3), { text: "ab", leftOut: 3 });
  });
});
