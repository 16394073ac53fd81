import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ranked } from "./fuzzy.ts";

const NAMES = [
  "Map",
  "Parts",
  "Requirements",
  "shortener",
  "links",
  "hot",
  "Pause or go on",
  "Show the last 15 minutes",
  "api-7",
];
const find = (text: string) => ranked(text, NAMES, (name) => name, 20).map(({ item }) => item);

test("nothing typed finds everything, as it stands", () => {
  assert.deepEqual(find(""), NAMES);
  assert.deepEqual(find("  "), NAMES);
});

test("letters are found in their order, whatever their case, the likeliest name first", () => {
  assert.equal(find("SHORT")[0], "shortener");
  assert.equal(find("req")[0], "Requirements");
  assert.equal(find("go")[0], "Pause or go on");
  assert.equal(find("a7")[0], "api-7");
  assert.deepEqual(find("zzz"), []);
});

test("words may come in any order", () => {
  assert.equal(find("15 last")[0], "Show the last 15 minutes");
});

test("the letters that were meant are told, and are those that were typed", () => {
  const [found] = ranked("rts", ["Parts"], (name) => name, 1);
  assert.deepEqual(found?.hits, [2, 3, 4]);
  fc.assert(
    fc.property(fc.string({ maxLength: 30 }), fc.string({ maxLength: 5 }), (name, text) => {
      for (const { hits } of ranked(text, [name], (one) => one, 1)) {
        const letters = [...name].map((letter) => letter.toLowerCase());
        const words = text.toLowerCase().split(/\s+/).filter(Boolean);
        assert.equal(hits.map((at) => letters[at]).join(""), words.join(""));
      }
    }),
  );
});

test("a name of a megabyte is looked at only so far", () => {
  const long = "a".repeat(1_000_000);
  assert.equal(ranked("a".repeat(100_000), [long], (name) => name, 1).length, 1);
});
