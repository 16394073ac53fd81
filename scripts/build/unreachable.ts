import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { importsOf } from "../tidy/imports.ts";
import { tokensOf } from "../tidy/tokens.ts";

/**
 * Paths in built code that lead to no built file, as `file:line path`. The compiler rewrites the `.ts` of an import and of
 * nothing else, so that `new URL("./main.ts", import.meta.url)` works in the checkout and would fail for users.
 */
export function unreachablePaths(folder: string): string[] {
  return globSync("**/*.js", { cwd: folder }).flatMap((file) => {
    if (file.includes("/template/")) return [];
    const text = readFileSync(join(folder, file), "utf8");
    return importsOf(tokensOf(text))
      .filter((one) => isPathOfCode(one.how, one.specifier))
      .filter((one) => !existsSync(join(folder, dirname(file), one.specifier)))
      .map((one) => `${file}:${one.line} ${one.specifier}`);
  });
}

/** An import of our own, or a string that leads up and to code (`"./service.ts"` may be a word for the user). */
function isPathOfCode(how: string, specifier: string): boolean {
  if (!specifier.startsWith(".")) return false;
  return how !== "path" || (specifier.startsWith("../") && /\.[jt]s$/.test(specifier));
}
