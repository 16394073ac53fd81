import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CliError } from "./errors.ts";
import { trestlePackage, trestleSpecifier } from "./own-package.ts";
import { paintOf } from "./paint.ts";
import { shownPath } from "./shown-path.ts";
import type { Terminal } from "./terminal.ts";

export interface InitOptions {
  /** The folder to write; it must be new or empty. */
  readonly folder: string;
  readonly json: boolean;
}

const TEMPLATE = fileURLToPath(new URL("./template/", import.meta.url));
/** What may stand in a folder that counts as empty. */
const IGNORED = new Set([".git", ".DS_Store"]);

/** Writes a small system that runs, and says how to run it. Throws `TARGET_NOT_EMPTY`; nothing is ever overwritten. */
export function init({ folder, json }: InitOptions, terminal: Terminal): void {
  const target = resolve(terminal.folder, folder);
  checkEmpty(target, folder);
  const name = systemName(basename(target));
  mkdirSync(target, { recursive: true });
  cpSync(TEMPLATE, target, { recursive: true, errorOnExist: true, force: false });
  rewrite(join(target, "system.ts"), 'system("demo"', `system("${name}"`);
  rewrite(join(target, "README.md"), "# demo", `# ${name}`);
  // Not files of the template: npm would leave out the first, and take the second for the start of another package.
  writeFileSync(join(target, ".gitignore"), "node_modules/\n.trestle/\n", { flag: "wx" });
  writeFileSync(join(target, "package.json"), manifestOf(name, target), { flag: "wx" });

  const steps = nextSteps(target, terminal);
  const files = readdirSync(target, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes(".git"))
    .map((entry) => join(shownPath(target, entry.parentPath), entry.name))
    .sort();
  const paint = paintOf(terminal.out);
  terminal.out.write(
    json
      ? `${JSON.stringify({ folder: target, system: name, files, next: steps })}\n`
      : [
          `${paint("bold", shownPath(terminal.folder, target))} holds a small system now: an edge, a service in two replicas and a database.`,
          "",
          "Next:",
          "",
          ...steps.map((step) => `  ${paint("cyan", step)}`),
          "",
          "",
        ].join("\n"),
  );
}

function checkEmpty(target: string, shown: string): void {
  const found = statSync(target, { throwIfNoEntry: false });
  if (!found) return;
  if (found.isDirectory() && readdirSync(target).every((name) => IGNORED.has(name))) return;
  const what = found.isDirectory() ? "is not empty" : "is a file";
  throw new CliError(
    "TARGET_NOT_EMPTY",
    `${shown} ${what}: name a new folder, as in \`trestle init my-system\``,
  );
}

/** The folder's name as a system's: lowercase words joined by hyphens. */
function systemName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 40);
  return name === "" ? "demo" : name;
}

function rewrite(path: string, from: string, to: string): void {
  writeFileSync(path, readFileSync(path, "utf8").replace(from, to));
}

function manifestOf(name: string, target: string): string {
  const { dependencies = {}, devDependencies = {} } = trestlePackage();
  const manifest = {
    name,
    private: true,
    type: "module",
    scripts: { start: "trestle up" },
    dependencies: { pg: dependencies.pg, trestle: trestleSpecifier(target) },
    devDependencies: {
      "@types/node": devDependencies["@types/node"] ?? "^24.0.0",
      "@types/pg": devDependencies["@types/pg"] ?? "^8.0.0",
    },
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** The commands that run it, from where the user stands. */
function nextSteps(target: string, { folder, environment }: Terminal): string[] {
  const trestle = environment.npm_command === "exec" ? "npx trestle" : "trestle";
  const shown = shownPath(folder, target);
  if (resolves("pg", target)) return [shown === "." ? `${trestle} up` : `${trestle} up ${shown}`];
  // The service's database client is not among the packages that it would find: it has to get its own.
  const into = shown === "." ? [] : [`cd ${shown}`];
  return [...into, "npm install", "npx trestle up"];
}

function resolves(name: string, folder: string): boolean {
  try {
    createRequire(join(folder, "package.json")).resolve(name);
    return true;
  } catch {
    return false;
  }
}
