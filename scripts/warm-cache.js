// After `npm install` in a checkout: strips the types of all modules once and compiles them, so that the very first
// `npm start` is as quick, and its processes as small, as every later one (Node's type stripper takes 35 MB and 100 ms in
// each process that has to load it). Plain JavaScript, because any Node from 20 on may run it. Nothing depends on it:
// where it fails, the first start does the work itself.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const pinned = join(root, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
const node = existsSync(pinned) ? pinned : process.execPath;
// The folder that bin/trestle.js chooses in a checkout.
const cache = join(root, "node_modules", ".cache", "trestle");
mkdirSync(cache, { recursive: true, mode: 0o700 });

const sources = ["src", "systems"].flatMap((folder) => modulesIn(join(root, folder)));
/** Programs, not libraries: importing one would start it. */
const programs = sources.filter((file) => /\/(main|service)\.ts$/.test(file) && !file.includes("/cli/"));
/** Loaded as `trestle up` loads them: the same file under another address would be compiled anew. */
const designs = sources.filter((file) => /\/systems\/[^/]+\/system\.ts$/.test(file));
const libraries = sources.filter((file) => !programs.includes(file) && !designs.includes(file));

await run([
  "--input-type=module",
  "--eval",
  [
    ...libraries.map((file) => `await import(${JSON.stringify(file)}).catch(() => {});`),
    `const { loadDesign } = await import(${JSON.stringify(join(root, "src/tool/design/index.ts"))});`,
    ...designs.map((file) => `await loadDesign(${JSON.stringify(file)}).catch(() => {});`),
    // Whatever a module has opened: what was compiled is written when the process ends, and not when it is killed.
    "process.exit();",
  ].join("\n"),
]);
// An engine ends when its parent is gone; a service ends when it finds no URL in its environment.
await Promise.all(programs.map((file) => run([file])));

/** @param {string} folder @returns {string[]} */
function modulesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return /^(node_modules|test|tests|testing|testdata|template|\.trestle)$/.test(entry.name) ||
        path.endsWith(join("console", "page"))
        ? []
        : modulesIn(path);
    return /(?<!\.test|\.d)\.ts$/.test(entry.name) ? [path] : [];
  });
}

/** @param {string[]} args @returns {Promise<void>} */
function run(args) {
  return new Promise((resolve) => {
    const child = spawn(node, args, {
      cwd: dirname(cache),
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: cache },
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    const patience = setTimeout(() => child.kill("SIGKILL"), 30_000);
    child.once("spawn", () => setTimeout(() => child.connected && child.disconnect(), 1_000));
    child.once("error", () => resolve());
    child.once("exit", () => {
      clearTimeout(patience);
      resolve();
    });
  });
}
