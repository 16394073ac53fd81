// After `npm install` in a checkout: puts two commands where `npm run` and `npx` look first. Plain JavaScript, because any
// Node from 20 on may run it.
//
// trestle: npm links the commands of dependencies only, and without this `npx trestle` would ask to install it first.
// node:    the pinned one. npm 10 links it and takes the link away again, together with the same command of the packages
//          for other processors (see docs/decisions/0001-node-from-npm.md).
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "node_modules", ".bin");

link("trestle", join(root, "bin", "trestle.js"));
link("node", join(root, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node"));

/** @param {string} name @param {string} file */
function link(name, file) {
  if (!existsSync(file)) return;
  mkdirSync(folder, { recursive: true });
  const path = relative(folder, file);
  if (process.platform === "win32") {
    writeFileSync(join(folder, `${name}.cmd`), `@node "%~dp0\\${path}" %*\r\n`);
    return;
  }
  chmodSync(file, 0o755);
  rmSync(join(folder, name), { force: true });
  symlinkSync(path, join(folder, name));
}
