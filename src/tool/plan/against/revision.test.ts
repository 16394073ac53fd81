import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadDesign } from "../../design/index.ts";
import { layOutRevision } from "./revision.ts";

function git(folder: string, ...args: string[]): string {
  const who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com"];
  return execFileSync("git", [...who, ...args], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function designText(memory: string): string {
  return `import { system } from "trestle";
import { hotOf } from "../../shared/hot.ts";
import { memoryOf } from "a-package";
export default system("greeter", { parts: [hotOf(memoryOf(${JSON.stringify(memory)}))] });
`;
}

/** A repository whose design imports a file outside its folder and a package, with a revision of each memory. */
function repository(...memories: string[]) {
  const root = mkdtempSync(join(tmpdir(), "trestle-repository-"));
  const folder = join(root, "systems", "greeter");
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(root, "shared"));
  mkdirSync(join(root, "node_modules", "a-package"), { recursive: true });
  const at = join(root, "node_modules", "a-package");
  writeFileSync(
    join(at, "package.json"),
    JSON.stringify({ name: "a-package", type: "module", exports: "./index.js" }),
  );
  writeFileSync(join(at, "index.js"), "export const memoryOf = (memory) => ({ memory });\n");
  writeFileSync(join(root, ".gitignore"), "node_modules/\n");
  writeFileSync(
    join(root, "shared", "hot.ts"),
    'import { cache } from "trestle";\nexport const hotOf = (options: { memory: "1 MiB" }) => cache("hot", options);\n',
  );
  git(root, "init", "--quiet", "--initial-branch=main");
  for (const memory of memories) {
    writeFileSync(join(folder, "system.ts"), designText(memory));
    git(root, "add", ".");
    git(root, "commit", "--quiet", "-m", memory);
    git(root, "tag", `at-${memory.replace(" ", "")}`);
  }
  return { root, folder, [Symbol.dispose]: () => rmSync(root, { recursive: true }) };
}

test("a design of a revision loads with what it imported then and the packages of now", async () => {
  using made = repository("1 MiB", "2 MiB");
  const before = git(made.root, "status", "--porcelain", "--branch");
  const index = readFileSync(join(made.root, ".git", "index"));
  {
    using revision = await layOutRevision(join(made.folder, "system.ts"), "at-1MiB");
    assert.equal(revision.commit, git(made.root, "rev-parse", "at-1MiB").trim());
    const { model } = await loadDesign(revision.path);
    const [hot] = model.parts;
    assert.equal(hot?.kind === "cache" && hot.memoryBytes, 1024 ** 2);
    using same = await layOutRevision(made.folder, "HEAD");
    assert.equal((await loadDesign(same.path)).model.name, "greeter");
  }
  assert.equal(git(made.root, "status", "--porcelain", "--branch"), before);
  assert.deepEqual(readFileSync(join(made.root, ".git", "index")), index);
  assert.equal(git(made.root, "worktree", "list").trim().split("\n").length, 1);
});

test("what was laid out is gone once it is disposed of, and what was linked is still there", async () => {
  using made = repository("1 MiB");
  const revision = await layOutRevision(made.folder, "HEAD");
  const temporary = join(revision.path, "..", "..", "..");
  assert.ok(existsSync(join(temporary, "tree", "node_modules", "a-package", "index.js")));
  revision[Symbol.dispose]();
  assert.equal(existsSync(temporary), false);
  assert.ok(existsSync(join(made.root, "node_modules", "a-package", "index.js")));
});

test("a revision that is none is named, and an option is no revision", async () => {
  using made = repository("1 MiB");
  for (const name of ["nowhere", "--help", "", "at-1MiB --all", "HEAD:systems"]) {
    await assert.rejects(layOutRevision(made.folder, name), { code: "UNKNOWN_REVISION" }, name);
  }
});

test("a folder that no repository holds is told so", async () => {
  const folder = mkdtempSync(join(tmpdir(), "trestle-alone-"));
  try {
    await assert.rejects(layOutRevision(folder, "HEAD"), { code: "NO_REPOSITORY" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("one that is called off leaves nothing behind", async () => {
  using made = repository("1 MiB");
  const own = join(made.root, "temporary");
  mkdirSync(own);
  const usual = process.env.TMPDIR;
  process.env.TMPDIR = own;
  try {
    const stop = new AbortController();
    const laidOut = layOutRevision(made.folder, "HEAD", { signal: stop.signal });
    stop.abort(new Error("no longer wanted"));
    await assert.rejects(laidOut, /no longer wanted/);
    assert.deepEqual(readdirSync(own), []);
  } finally {
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
  }
});
