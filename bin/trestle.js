#!/usr/bin/env node
// Starts the command line on a Node that can run it. This file alone must run on any Node from 20 on: plain JavaScript,
// nothing imported but Node's own modules.
import { spawn } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const NODE_NEEDED = 24;
const root = dirname(dirname(fileURLToPath(import.meta.url)));

if (majorOf(process.versions.node) >= NODE_NEEDED) {
  await runHere();
} else {
  const node = pinnedNode();
  if (node) runWith(node);
  else sayWhatIsNeeded();
}

async function runHere() {
  // Types are stripped and modules compiled once and kept: later starts are quicker by 100 ms and smaller by 20 MB.
  const cache = cacheFolder();
  if (cache) nodeModule.enableCompileCache(cache);
  const { runCommandLine } = await import(pathToFileURL(entry()).href);
  await runCommandLine();
}

/** A checkout runs its sources as they are; the published package holds what was built from them. */
function entry() {
  const source = join(root, "src", "tool", "cli", "main.ts");
  return existsSync(source) ? source : join(root, "dist", "tool", "cli", "main.js");
}

/**
 * Where compiled code is kept: beside the packages it was compiled from, or else a folder of this user's own. Whoever can
 * write there decides what this program runs, so a folder that others can write to is not used.
 */
function cacheFolder() {
  const packages = [join(root, "node_modules"), dirname(root)].find(
    (folder) => folder.endsWith("node_modules") && existsSync(folder),
  );
  const candidates = [join(tmpdir(), `trestle-${process.getuid?.() ?? "cache"}`)];
  if (packages) candidates.unshift(join(packages, ".cache", "trestle"));
  return candidates.find(isOursAlone);
}

function isOursAlone(folder) {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    if (!found.isDirectory()) return false;
    return !process.getuid || (found.uid === process.getuid() && (found.mode & 0o022) === 0);
  } catch {
    return false;
  }
}

/** The Node that is installed with Trestle, as a package of this machine's kind. */
function pinnedNode() {
  const name = `node-${process.platform}-${process.arch}`;
  try {
    const manifest = nodeModule.createRequire(import.meta.url).resolve(`${name}/package.json`);
    const program = join(dirname(manifest), "bin", "node");
    const { version } = JSON.parse(readFileSync(manifest, "utf8"));
    return majorOf(version) >= NODE_NEEDED && existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  }
}

/** Lets another Node do the work, and stands for it: what reaches this process reaches that one, and so does its end. */
function runWith(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.once("error", (thrown) => {
    process.stderr.write(`trestle: cannot start ${node}: ${thrown.message}\n`);
    process.exitCode = 1;
  });
  child.once("exit", (code, signal) => {
    process.exitCode = code ?? 1;
    if (!signal) return;
    for (const one of signals) process.removeAllListeners(one);
    process.kill(process.pid, signal);
  });
}

function sayWhatIsNeeded() {
  process.stderr.write(
    `trestle: Node ${NODE_NEEDED} or newer is needed, and this is Node ${process.versions.node}.\n` +
      `Install it from https://nodejs.org/en/download, or install Trestle anew with its optional packages:\n` +
      `they bring a Node of their own (npm install --include=optional).\n`,
  );
  process.exitCode = 1;
}

function majorOf(version) {
  return Number.parseInt(version, 10);
}
