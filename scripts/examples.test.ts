import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { examplesOf, runExample, writeExamples } from "./docs/examples.ts";

const root = join(import.meta.dirname, "..");
/** The pages of the libraries. */
const PAGES = ["docs/resilience/*.md", "docs/flow/*.md", "src/blocks/**/README.md"];
/** Why an example does not run: what its fence says after `ts`. */
const NOT_RUN: Readonly<Record<string, string>> = {
  part: "it is a piece of a file and does not stand alone",
  server: "it needs a server that is not here, or is one and does not end",
};
const LIMIT_MS = 10_000;

test("every example of the libraries' pages runs, and ends by itself", { concurrency: 2 }, async (t) => {
  const pages = globSync(PAGES, { cwd: root }).sort();
  const examples = pages.flatMap((page) => examplesOf(page, readFileSync(join(root, page), "utf8")));
  const folder = join(root, "dist", "running");
  writeExamples(folder, examples);
  const results = examples.map(({ place, info, file }) => {
    const [word = ""] = info.split(/[^\w]/);
    const reason = NOT_RUN[word];
    return t.test(place, { skip: reason ?? false }, async () => {
      assert.equal(word, "", `what does "ts ${info}" mean?`);
      assert.equal(await runExample(folder, file, LIMIT_MS), undefined);
    });
  });
  await Promise.all(results);
  assert.ok(results.length > 0);
});

test("an example that fails or does not end is told, with what it complained of", async () => {
  const folder = join(root, "dist", "running-wrong");
  const page = ["throw new Error('no');", "setInterval(() => {}, 1_000);", "process.stdout.write('fine');"]
    .map((code) => `\`\`\`ts\n${code}\n\`\`\``)
    .join("\n");
  const examples = examplesOf("docs/wrong.md", page);
  writeExamples(folder, examples);
  const [fails, stays, ends] = examples.map(({ file }) => file);
  assert.match((await runExample(folder, fails ?? "", LIMIT_MS)) ?? "", /^ended with 1\n(.*\n)*Error: no\n/);
  assert.match((await runExample(folder, stays ?? "", 500)) ?? "", /^did not end within 500 ms/);
  assert.equal(await runExample(folder, ends ?? "", LIMIT_MS), undefined);
});

test("an example may import from the folder of its page, and from the package as its users do", () => {
  const page = '```ts part of it\nimport { a } from "./a.ts";\nimport { b } from "trestle/time";\n```';
  const [example] = examplesOf("src/blocks/x/README.md", page);
  assert.deepEqual(example, {
    place: "src/blocks/x/README.md:1",
    info: "part of it",
    file: "src-blocks-x-README-md-1.ts",
    code: 'import { a } from "../../src/blocks/x/a.ts";\nimport { b } from "trestle/time";\nexport {};\n',
  });
});
