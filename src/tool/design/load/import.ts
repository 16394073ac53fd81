import { statSync } from "node:fs";
import { registerHooks } from "node:module";
import { extname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Clock } from "../../../blocks/time/index.ts";

/** How long a design may take to load: one that waits for something would keep everyone waiting. */
export const LOAD_TIMEOUT_MS = 10_000;

/**
 * Imports a design as a module and returns what it exports. Meanwhile `trestle` and `trestle/…` mean this very package,
 * wherever the file is and whatever is installed there, and files that no package.json calls modules are taken for some.
 * A file that has changed since it was imported is read again. Rejects with whatever the import throws. `met` collects the
 * design's own files, itself and those that it imports.
 */
export async function importDesign(
  file: string,
  clock: Clock,
  met: Set<string>,
): Promise<Readonly<Record<string, unknown>>> {
  const url = pathToFileURL(file);
  url.searchParams.set("changed", String(statSync(file, { bigint: true }).mtimeNs));
  try {
    return await importWithin(url.href, clock, met, false);
  } catch (thrown) {
    // For JavaScript, V8 does not tell where; the reader of TypeScript does, and every JavaScript is one.
    if (!(thrown instanceof SyntaxError) || ![...met].some((one) => /\.m?js$/.test(one))) throw thrown;
    url.searchParams.set("again", "1");
    await importWithin(url.href, clock, met, true);
    throw thrown;
  }
}

/** The design did not finish loading in time. */
export class LoadTimeout extends Error {}

async function importWithin(
  url: string,
  clock: Clock,
  met: Set<string>,
  asTypeScript: boolean,
): Promise<Readonly<Record<string, unknown>>> {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier === "trestle" || specifier.startsWith("trestle/")) {
        return next(specifier, { ...context, parentURL: import.meta.url });
      }
      const found = next(specifier, context);
      if (!found.url.startsWith("file:") || found.url.includes("/node_modules/")) return found;
      met.add(fileURLToPath(new URL(found.url)));
      const format = formatOf(found.url, found.format, url, asTypeScript);
      return format === undefined ? found : { ...found, format };
    },
  });
  const timedOut = Promise.withResolvers<never>();
  const timer = clock.setTimer(LOAD_TIMEOUT_MS, () => timedOut.reject(new LoadTimeout()));
  try {
    return await Promise.race([import(url), timedOut.promise]);
  } finally {
    timer.cancel();
    hooks.deregister();
  }
}

/** The format that a file is loaded in, where that is not the one Node found. */
function formatOf(
  url: string,
  format: string | null | undefined,
  design: string,
  asTypeScript: boolean,
): string | undefined {
  const extension = extname(new URL(url).pathname);
  const isDesign = url === design;
  if (asTypeScript && /^\.m?js$/.test(extension)) return "module-typescript";
  if (extension === ".ts" && (isDesign || format === null)) return "module-typescript";
  if (extension === ".js" && isDesign) return "module";
  return undefined;
}
