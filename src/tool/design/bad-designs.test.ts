import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { DesignError, formatProblems, loadDesign } from "./index.ts";

/** `TRESTLE_REWRITE_EXPECTED=1 node --test …` writes what is said now into the files; read the difference before keeping it. */
const REWRITE = process.env.TRESTLE_REWRITE_EXPECTED === "1";
const ROOT = join(import.meta.dirname, "testdata", "bad-designs");

describe("a bad design is refused with one clear message for each thing that is wrong", () => {
  for (const name of readdirSync(ROOT)) {
    test(name, async () => {
      const folder = join(ROOT, name);
      const error = await refusal(folder);
      const said = `${error.code}\n\n${formatProblems(error.problems, { folder })}\n`;
      const file = join(folder, "expected.txt");
      if (REWRITE) writeFileSync(file, said);
      assert.equal(said, readFileSync(file, "utf8"));
      assert.doesNotMatch(said, /secret/, "a URL's password is never shown");
    });
  }

  test("there are the ten of the first list, and more", () => {
    const names = readdirSync(ROOT);
    for (const name of [
      "unknown-unit",
      "duplicate-name",
      "route-to-nothing",
      "circle",
      "missing-service-file",
      "one-port-twice",
      "syntax-error",
      "unknown-option",
      "missing-migrations",
      "no-default-export",
    ]) {
      assert.ok(names.includes(name), name);
    }
  });

  test("a design that does not exist is told by its name, with the one that was meant", async () => {
    const folder = join(ROOT, "circle");
    const error = await refusal(join(folder, "sytem.ts"));
    assert.equal(error.code, "DESIGN_NOT_FOUND");
    assert.match(
      formatProblems(error.problems, { folder }),
      /^sytem\.ts\n.*no file.*sytem\.ts.*\n.*Did you mean system\.ts\?/,
    );
  });

  test("a file that is no module is not taken for a design", async () => {
    const error = await refusal(join(ROOT, "no-design", "readme.txt"));
    assert.equal(error.code, "DESIGN_NOT_FOUND");
    assert.match(error.message, /TypeScript or JavaScript/);
  });
});

async function refusal(path: string): Promise<DesignError> {
  try {
    await loadDesign(path, { environment: {} });
  } catch (thrown) {
    assert.ok(thrown instanceof DesignError, String(thrown));
    return thrown;
  }
  return assert.fail(`${path} was accepted`);
}
