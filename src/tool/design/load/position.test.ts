import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { positionIn } from "./position.ts";

/** The text between `«` and `»` is what has to be found, from the call that begins with `service`. */
function finds(marked: string, trail: readonly (string | number)[]): void {
  const text = marked.replace("«", "");
  const at = (offset: number) => ({
    line: text.slice(0, offset).split("\n").length,
    column: offset - text.lastIndexOf("\n", offset - 1),
  });
  assert.deepEqual(positionIn(text, at(text.indexOf("service(")), trail), at(marked.indexOf("«")), marked);
}

test("arguments, fields and elements are found across lines, comments, strings and templates", () => {
  finds('const a = service(«"a", { run: "x" });', [0]);
  finds('const a = service("a", { «run: "x" });', [1, "run"]);
  finds('const a = service("a,{(", { other: [1, "}", { run: 2 }], // run: 3\n  «run: "x" });', [1, "run"]);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source code
  finds("service('a', { b: `${`}`} {`, /* run: */ «run: `x` })", [1, "run"]);
  finds('service("a", { "quoted-name": 1, «"other-name": 2 })', [1, "other-name"]);
  finds('service("a", { routes: [{ to: a }, { path: "/", «to: b }] })', [1, "routes", 1, "to"]);
  finds('service("a", { uses: () => ({ one, «two }) })', [1, "uses", "two"]);
  finds('service("a", { ...all, «run })', [1, "run"]);
});

test("what cannot be followed ends at the last place that was found", () => {
  finds('service("a", «options)', [1, "run"]);
  finds('service("a", { «uses: parts, run: 1 })', [1, "uses", "links"]);
  finds('service("a", «{ run: 1 })', [1, "replicas"]);
  finds("«service(", [1, "run"]);
});

test("any text ends the search in a place of that text", () => {
  const trail = fc.array(fc.oneof(fc.nat(3), fc.constantFrom("a", "run", "")), { maxLength: 4 });
  const source = fc.string({ unit: fc.constantFrom(..."service(){}[],:'\"`$\\/* \na") });
  fc.assert(
    fc.property(source, fc.nat(5), fc.nat(20), trail, (text, line, column, steps) => {
      const found = positionIn(text, { line: line + 1, column: column + 1 }, steps);
      assert.ok(found.line >= 1 && found.column >= 1);
    }),
  );
});
