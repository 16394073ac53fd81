import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { publishedManifest } from "./manifest.ts";
import { unreachablePaths } from "./unreachable.ts";

test("the published manifest is public, has no commands of the repository's own, and points at what was built", () => {
  const published = publishedManifest({
    name: "trestle",
    private: true,
    scripts: { test: "x" },
    devDependencies: { ws: "8" },
    dependencies: { pg: "8" },
    exports: { ".": "./src/tool/design/index.ts", "./package.json": "./package.json" },
  });
  assert.deepEqual(published, {
    name: "trestle",
    dependencies: { pg: "8" },
    exports: {
      ".": { types: "./dist/tool/design/index.d.ts", default: "./dist/tool/design/index.js" },
      "./package.json": "./package.json",
    },
    files: ["bin", "dist", "docs", "CHANGELOG.md"],
  });
});

test("an entry that the build does not make is refused", () => {
  assert.throws(() => publishedManifest({ exports: { "./x": "./systems/x.ts" } }), /entry "\.\/x"/);
  assert.throws(() => publishedManifest({}), TypeError);
});

test("a path that only the checkout has is found in what was built", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "trestle-build-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const files = {
    "run/a.js":
      'import "./b.js";\nnew URL("../engines/main.ts", import.meta.url);\nsay("./service.ts");\nimport("./gone.js");',
    "run/b.js": 'new URL("../engines/main.js", import.meta.url);',
    "engines/main.js": "x;",
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  assert.deepEqual(unreachablePaths(folder).sort(), [
    "run/a.js:2 ../engines/main.ts",
    "run/a.js:4 ./gone.js",
  ]);
});
