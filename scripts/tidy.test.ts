import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { circleProblems } from "./tidy/circles.ts";
import { type CodeLists, codeProblems } from "./tidy/code.ts";
import { errorCodeProblems } from "./tidy/error-codes.ts";
import { fileProblems } from "./tidy/files.ts";
import { layerProblems } from "./tidy/layers.ts";
import { type Manifest, type Problem, type Repository, readRepository, sourceOf } from "./tidy/source.ts";
import { problemText, tidyProblems } from "./tidy.ts";

/** A repository of a few lines, with a house like the real one. */
function house(files: Record<string, string>, manifest: Partial<Manifest> = {}): Repository {
  return {
    sources: Object.entries(files)
      .filter(([path]) => /\.[jt]s$/.test(path))
      .map(([path, text]) => sourceOf(path, text)),
    manifest: {
      name: "trestle",
      exports: { ".": "./src/tool/design/index.ts", "./structures": "./src/blocks/structures/index.ts" },
      dependencies: { pg: "8" },
      devDependencies: { ws: "8" },
      ...manifest,
    },
    textOf: (path) => files[path],
    has: (path) => path in files,
  };
}

const at = (problems: readonly Problem[]) => problems.map((one) => one.at);
const noLists: CodeLists = { clocks: [], pure: [] };

test("the repository itself is in order", () => {
  const problems = tidyProblems(readRepository(join(import.meta.dirname, "..")));
  assert.equal(problems.map(problemText).join("\n"), "");
});

describe("layers", () => {
  const layers = (from: string, specifier: string, ...others: string[]) =>
    at(
      layerProblems(
        house({
          [from]: `import { x } from "${specifier}";`,
          ...Object.fromEntries(others.map((o) => [o, ""])),
        }),
      ),
    );

  test("an import that goes up the house is refused, whatever its form", () => {
    assert.deepEqual(layers("src/blocks/cache/index.ts", "../../engines/cache/index.ts"), [
      "src/blocks/cache/index.ts:1",
    ]);
    assert.deepEqual(layers("src/engines/sql/index.ts", "../../tool/run/index.ts"), [
      "src/engines/sql/index.ts:1",
    ]);
    assert.deepEqual(layers("src/tool/design/index.ts", "../../engines/sql/index.ts"), [
      "src/tool/design/index.ts:1",
    ]);
    const forms = house({
      "src/blocks/a.ts": [
        'import type { T } from "../tool/a.ts";',
        'export { T } from "../tool/a.ts";',
        'await import("../tool/a.ts");',
        'import "../tool/a.ts";',
        'new URL("../tool/a.ts", import.meta.url);',
      ].join("\n"),
      "src/tool/a.ts": "",
    });
    assert.deepEqual(
      new Set(at(layerProblems(forms))),
      new Set([1, 2, 3, 4, 5].map((line) => `src/blocks/a.ts:${line}`)),
    );
  });

  test("siblings that must not know each other are kept apart", () => {
    assert.equal(layers("src/engines/edge/index.ts", "../cache/index.ts").length, 1);
    assert.equal(layers("src/tool/run/index.ts", "../verify/index.ts").length, 1);
    assert.equal(layers("src/tool/run/index.ts", "../cli/index.ts").length, 1);
    assert.equal(layers("systems/chat/service.ts", "../shortener/service.ts").length, 1);
    assert.equal(layers("systems/chat/service.ts", "../../src/blocks/flow/index.ts").length, 1);
  });

  test("imports down the house, inside a room and from what engines share are welcome", () => {
    assert.deepEqual(layers("src/blocks/cache/index.ts", "../time/index.ts"), []);
    assert.deepEqual(layers("src/engines/sql/main.ts", "../process.ts"), []);
    assert.deepEqual(layers("src/engines/sql/index.ts", "../../blocks/time/index.ts"), []);
    assert.deepEqual(layers("src/tool/run/index.ts", "../design/model.ts"), []);
    assert.deepEqual(layers("src/tool/run/index.ts", "../../engines/sql/index.ts"), []);
    assert.deepEqual(layers("src/tool/cli/main.ts", "../run/index.ts"), []);
    assert.deepEqual(layers("systems/chat/service.ts", "./codes/index.ts"), []);
    assert.deepEqual(layers("systems/chat/service.ts", "trestle/structures"), []);
  });

  test("the package is imported by its public entries alone", () => {
    assert.equal(layers("systems/chat/service.ts", "trestle/src/tool").length, 1);
  });

  test("what is published runs on dependencies that are installed with it", () => {
    assert.deepEqual(layers("src/tool/run/a.ts", "pg"), []);
    assert.equal(layers("src/tool/run/a.ts", "ws").length, 1);
    assert.equal(layers("src/tool/run/a.ts", "left-pad/x").length, 1);
    assert.deepEqual(layers("src/tool/run/a.test.ts", "ws"), []);
    assert.deepEqual(layers("src/tool/run/a.ts", "node:fs"), []);
  });

  test("comments, strings and templates that only speak of imports are no imports", () => {
    const talk = [
      '// import { x } from "../tool/a.ts";',
      '/* import "../tool/a.ts"; */',
      `const text = 'import "../tool/a.ts"';`,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source code
      'const page = `import ${`"../tool/a.ts"`} from "../tool/a.ts"`;',
      'const pattern = /import "..\\/tool\\/a.ts"/;',
    ];
    assert.deepEqual(layerProblems(house({ "src/blocks/a.ts": talk.join("\n"), "src/tool/a.ts": "" })), []);
  });
});

describe("circles", () => {
  test("a circle is told once, with the way around it", () => {
    const problems = circleProblems(
      house({
        "src/a.ts": 'import "./b.ts";',
        "src/b.ts": 'import type { C } from "./c.ts";',
        "src/c.ts": 'export { a } from "./a.ts";',
        "src/d.ts": 'import "./a.ts";',
      }),
    );
    assert.equal(problems.length, 1);
    assert.match(problems[0]?.wrong ?? "", /src\/a\.ts → src\/b\.ts → src\/c\.ts → src\/a\.ts/);
  });

  test("two ways to one file are no circle", () => {
    const files = {
      "src/a.ts": 'import "./b.ts"; import "./c.ts";',
      "src/b.ts": 'import "./d.ts";',
      "src/c.ts": 'import "./d.ts";',
      "src/d.ts": "",
    };
    assert.deepEqual(circleProblems(house(files)), []);
  });
});

describe("files", () => {
  const files = (one: Record<string, string>, lists = { long: [], unused: [] }) =>
    at(fileProblems(house(one), lists));

  test("a file of comments only is empty", () => {
    assert.deepEqual(files({ "src/a.test.ts": "// later\n/* more */" }), ["src/a.test.ts:1"]);
  });

  test("a file of more than 500 lines is too long, one of 500 is not", () => {
    assert.deepEqual(files({ "src/a.test.ts": "x;\n".repeat(501) }), ["src/a.test.ts:501"]);
    assert.deepEqual(files({ "src/a.test.ts": "x;\n".repeat(500) }), []);
  });

  test("a file that nobody imports, names or starts is unused", () => {
    assert.deepEqual(files({ "src/a.ts": "x;" }), ["src/a.ts:1"]);
    assert.deepEqual(files({ "src/a.ts": "x;", "src/b.test.ts": 'import "./a.ts";' }), []);
    assert.deepEqual(files({ "src/a.ts": "x;", "src/b.test.ts": 'new URL("./a.ts", import.meta.url);' }), []);
    assert.deepEqual(files({ "src/tool/design/index.ts": "x;" }), []);
    assert.deepEqual(
      files({ "systems/chat/system.ts": 'run("./service.ts");', "systems/chat/service.ts": "x;" }),
      [],
    );
  });
});

describe("code", () => {
  const code = (text: string, path = "src/tool/run/a.ts", lists = noLists) =>
    at(codeProblems(house({ [path]: text }), lists));

  test("clocks and dice outside src/blocks/time are refused", () => {
    for (const call of [
      "const now = Date.now();",
      "const now = new Date();",
      "const now = performance.now();",
      "const dice = Math.random;",
      "setTimeout(run, 5);",
      "globalThis.setInterval(run, 5);",
      "fetch(url, { signal: AbortSignal.timeout(5) });",
      'import { setTimeout as sleep } from "node:timers/promises";',
    ]) {
      assert.equal(code(call).length, 1, call);
      assert.equal(code(call, "src/blocks/time/a.ts").length, 0, call);
      assert.equal(code(call, "src/tool/run/a.test.ts").length, 0, call);
      assert.equal(code(call, "src/engines/edge/main.ts").length, 0, call);
      assert.equal(code(call, "systems/chat/service.ts").length, 0, call);
    }
  });

  test("methods that bear a timer's name, and dates made from a number, are no clocks", () => {
    const calls = [
      "socket.setTimeout(5);",
      "class A { setTimeout(ms) { } }",
      "new Date(ms);",
      "// Date.now()",
    ];
    assert.deepEqual(
      calls.flatMap((call) => code(call)),
      [],
    );
  });

  test("an exception holds for its file, and one without a use is told", () => {
    const path = "src/tool/run/a.ts";
    const lists = { clocks: [{ path, reason: "a test" }], pure: [] };
    assert.deepEqual(code("Date.now();", path, lists), []);
    assert.deepEqual(code("x;", path, lists), ["scripts/tidy/allowed.ts:1"]);
  });

  test("an engine without I/O imports no node: module", () => {
    const lists = { clocks: [], pure: [/^src\/blocks\/structures\//] };
    const path = "src/blocks/structures/ring.ts";
    assert.deepEqual(code('import { hash } from "node:crypto";', path, lists), [`${path}:1`]);
    assert.deepEqual(code('import type { Hash } from "node:crypto";', path, lists), []);
    assert.deepEqual(
      code('import { hash } from "node:crypto";', "src/blocks/structures/ring.test.ts", lists),
      [],
    );
  });

  test("export * is refused, with or without a name", () => {
    assert.equal(
      codeProblems(house({ "src/a.ts": 'export * from "./b.ts";', "src/b.ts": "" }), noLists).length,
      1,
    );
    assert.equal(
      codeProblems(house({ "src/a.ts": 'export * as b from "./b.ts";', "src/b.ts": "" }), noLists).length,
      1,
    );
  });

  test("a path without .ts is told how to end", () => {
    const problems = codeProblems(
      house({
        "src/a.ts": 'import "./b";\nimport "./b.js";\nimport "./c";\nimport "./none";\nimport "./b.ts";',
        "src/b.ts": "",
        "src/c/index.ts": "",
      }),
      noLists,
    );
    assert.deepEqual(
      problems.map((one) => one.instead),
      ['write "./b.ts"', 'write "./b.ts"', 'write "./c/index.ts"', "mend the path"],
    );
  });

  test("a page's script may name what its server serves", () => {
    assert.deepEqual(code('import "./uplot.js";', "systems/chat/page/chart.js"), []);
  });

  test("a test that leaves others out, or is left out without a reason, is refused", () => {
    const path = "src/a.test.ts";
    for (const bad of [
      "test.only('x', () => {});",
      "describe.only('x', () => {});",
      "test('x', { only: true }, () => {});",
      "test('x', { skip: true }, () => {});",
      "test.skip('x', () => {});",
      "test('x', (t) => t.skip());",
    ]) {
      assert.equal(code(bad, path).length, 1, bad);
    }
    assert.deepEqual(
      code("test('x', { skip: isRoot && 'root may read all' }, (t) => t.skip('no disk'));", path),
      [],
    );
  });

  test("a peer's test fails where the peer is missing, and is not skipped", () => {
    for (const skipped of [
      "test('x', { skip: missing }, () => {});",
      "test('x', (t) => t.skip('no curl'));",
    ]) {
      assert.equal(code(skipped, "src/a.peer.test.ts").length, 1, skipped);
    }
  });

  test("a test where npm test does not look is refused", () => {
    assert.deepEqual(code("x;", "bin/a.test.ts"), ["bin/a.test.ts:1"]);
  });
});

describe("error codes", () => {
  const table =
    'export const RUN_ERRORS = {\n  LOST: { message: "x", retryable: f(1) },\n  "KEPT": {},\n} as const;';
  const page = (...rows: string[]) => ["# Errors", "## Running (`src/tool/run`)", ...rows].join("\n");

  test("a code that the page does not explain is told, and so is a row without a code", () => {
    const problems = errorCodeProblems(
      house({ "src/tool/run/errors.ts": table, "docs/errors.md": page("| `LOST` | x |", "| `GONE` | x |") }),
    );
    assert.deepEqual(at(problems), ["src/tool/run/errors.ts:3", "docs/errors.md:4"]);
  });

  test("a code is explained in the section of its own folder", () => {
    const rows = page("| `LOST` | x |", "| `KEPT` | x |");
    assert.deepEqual(
      errorCodeProblems(house({ "src/tool/run/errors.ts": table, "docs/errors.md": rows })),
      [],
    );
    const elsewhere = rows.replace("src/tool/run", "src/tool/plan");
    assert.equal(
      errorCodeProblems(house({ "src/tool/run/errors.ts": table, "docs/errors.md": elsewhere })).length,
      4,
    );
  });
});
