import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { examplesOf, writeExamples } from "./docs/examples.ts";
import { commandsOf, fencesOf, pathsOf } from "./docs/markdown.ts";

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
// What `trestle init` writes is read where there is no repository around it.
const pages = globSync(["*.md", "docs/**/*.md", "{src,systems,bench}/**/*.md"], { cwd: root }).filter(
  (path) => !/node_modules|\.trestle|\/template\//.test(path),
);

test("the design in the README is the shortener's own", () => {
  const design = fencesOf(read("README.md")).find(({ language }) => language === "ts");
  assert.ok(design);
  assert.ok(read("systems/shortener/system.ts").includes(design.text.trim()));
});

test("every TypeScript example compiles, as its reader would write it", () => {
  const folder = join(root, "dist", "examples");
  const examples = pages
    .flatMap((page) => examplesOf(page, read(page)))
    .filter(({ info }) => !info.startsWith("part"));
  const places = new Map(examples.map(({ file, place }) => [file, place]));
  writeExamples(folder, examples);
  // Unused names are for programs; an example may make something and leave it.
  const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false };
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: "../../tsconfig.json", compilerOptions, include: ["*.ts"] }),
  );
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const { stdout } = spawnSync(process.execPath, [compiler, "-p", folder, "--pretty", "false"], {
    cwd: folder,
    encoding: "utf8",
  });
  const complaints = stdout.replaceAll(/^[\w-]+\.ts/gm, (file) => `${places.get(file) ?? file} → ${file}`);
  assert.equal(complaints, "");
});

test("every link and picture leads to a file", () => {
  const broken = pages.flatMap((page) =>
    pathsOf(read(page))
      .filter((path) => !existsSync(join(root, dirname(page), path)))
      .map((path) => `${page}: ${path}`),
  );
  assert.deepEqual(broken, []);
});

test("every command that a page names exists", () => {
  const sources = globSync("src/tool/cli/**/*.ts", { cwd: root }).map(read).join("\n");
  const verbs = new Set([...sources.matchAll(/\.command\("([a-z]+)"\)/g)].map(([, verb]) => verb));
  assert.ok(verbs.has("up"));
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(read("package.json"));
  const unknown = pages.flatMap((page) => {
    const named = commandsOf(read(page));
    return [
      ...named.verbs
        .filter((verb) => verb !== "help" && !verbs.has(verb))
        .map((verb) => `${page}: trestle ${verb}`),
      ...named.scripts.filter((script) => !(script in scripts)).map((script) => `${page}: npm run ${script}`),
    ];
  });
  assert.deepEqual(unknown, []);
});

test("what pages say is found, wherever they say it", () => {
  const page = [
    "See [one](a.md#place), [two](https://example.com/b.md), ![three](c.png) and [four](#here).",
    "",
    "```sh",
    "npx trestle up demo && trestle down",
    "```",
    "",
    "````ts part of a file",
    "```",
    "x;",
    "````",
    "",
    "Run `npm run check` or `trestle ps`; trestle runs designs.",
  ].join("\n");
  assert.deepEqual(pathsOf(page), ["a.md", "c.png"]);
  assert.deepEqual(commandsOf(page), { verbs: ["up", "down", "ps"], scripts: ["check"] });
  assert.deepEqual(fencesOf(page)[1], { language: "ts", info: "part of a file", text: "```\nx;", line: 7 });
});
