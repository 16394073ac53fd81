import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { publishedManifest } from "./build/manifest.ts";
import { unreachablePaths } from "./build/unreachable.ts";
import { buildConsole } from "./build-console.ts";

/** The repository. */
const ROOT = join(import.meta.dirname, "..");
/** Where the package is laid out as it will be published. */
export const STAGE = join(ROOT, "dist", "package");

/**
 * What goes into the package beside compiled code. Template files stay TypeScript: they are what `trestle init` writes.
 */
const ASSETS = [
  "src/tool/cli/template/**",
  "src/**/README.md",
  "src/**/*.{html,css,svg,sql,json,lua}",
  "src/tool/console/assets/**",
];
const LEFT_OUT = /\.test\.ts$|\/testdata\/|\/testing\/|\/node_modules\/|\/console\/page\/|\/\.trestle\//;
const FROM_ROOT = ["LICENSE", "README.md", "CHANGELOG.md", "docs"];

/** Lays the package out in {@link STAGE}: JavaScript and declarations in `dist`, the command in `bin`. */
export function build(): void {
  rmSync(STAGE, { recursive: true, force: true });
  compile();
  buildConsole();
  for (const asset of globSync(ASSETS, { cwd: ROOT, withFileTypes: true })) {
    const path = join(asset.parentPath, asset.name).slice(ROOT.length + 1);
    if (asset.isFile() && !LEFT_OUT.test(`/${path}`)) copy(path, path.replace(/^src/, "dist"));
  }
  for (const path of FROM_ROOT) copy(path, path);
  copy("bin/trestle.js", "bin/trestle.js");
  chmodSync(join(STAGE, "bin/trestle.js"), 0o755);
  const manifest: unknown = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  writeFileSync(
    join(STAGE, "package.json"),
    `${JSON.stringify(publishedManifest(manifest), undefined, 2)}\n`,
  );
  const unreachable = unreachablePaths(join(STAGE, "dist"));
  if (unreachable.length > 0)
    throw new Error(`paths that the build does not hold:\n${unreachable.join("\n")}`);
}

function compile(): void {
  const compiler = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const { status } = spawnSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], {
    cwd: ROOT,
    stdio: "inherit",
  });
  if (status !== 0) throw new Error("the compiler found errors; `npm run typecheck` shows them too");
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(join(STAGE, to)), { recursive: true });
  cpSync(join(ROOT, from), join(STAGE, to), { recursive: true });
}

if (import.meta.main) {
  try {
    build();
    console.log(`built ${STAGE}`);
  } catch (thrown) {
    console.error(`build: ${thrown instanceof Error ? thrown.message : thrown}`);
    process.exitCode = 1;
  }
}
