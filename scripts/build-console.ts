import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";

const CONSOLE = join(import.meta.dirname, "..", "src", "tool", "console");

/** Bundles the console's page for browsers, into `src/tool/console/assets`, from where it is served. */
export function buildConsole(): void {
  const page = join(CONSOLE, "page");
  const assets = join(CONSOLE, "assets");
  rmSync(assets, { recursive: true, force: true });
  mkdirSync(assets);
  buildSync({
    entryPoints: { console: join(page, "main.tsx") },
    outdir: assets,
    bundle: true,
    // Views that are opened later are loaded later.
    splitting: true,
    format: "esm",
    minify: true,
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    chunkNames: "part-[hash]",
    legalComments: "none",
    logLevel: "warning",
  });
  for (const file of ["index.html", "icon.svg"]) copyFileSync(join(page, file), join(assets, file));
}

if (import.meta.main) buildConsole();
