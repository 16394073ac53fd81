import { readFileSync } from "node:fs";
import { join } from "node:path";

const PACKAGES = join(import.meta.dirname, "..", "..", "node_modules");

/** The version of an installed package. Read from its file, as not every package lets itself be asked. */
export function packageVersion(name: string): string {
  const { version } = JSON.parse(readFileSync(join(PACKAGES, name, "package.json"), "utf8")) as {
    version: string;
  };
  return version;
}
