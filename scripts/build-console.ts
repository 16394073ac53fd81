import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";

const CONSOLE = join(import.meta.dirname, "..", "src", "tool", "console");

/** Bundles the console's page for browsers, into `src/tool/console/assets`, from where it is served. */
export function buildConsole(): void {
  const page = join(CONSOLE, "page");
  const assets = join(CONSOLE, "assets");
  // Made beside it and then put in its place: a console that is being served is never half a one.
  const draft = join(CONSOLE, `assets.${process.pid}`);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft);
  buildSync({
    entryPoints: { console: join(page, "main.tsx") },
    outdir: draft,
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
  for (const file of ["index.html", "icon.svg"]) copyFileSync(join(page, file), join(draft, file));
  for (const file of readdirSync(draft)) {
    writeFileSync(join(draft, `${file}.gz`), gzipSync(readFileSync(join(draft, file)), { level: 9 }));
  }
  rmSync(assets, { recursive: true, force: true });
  renameSync(draft, assets);
}

if (import.meta.main) buildConsole();
