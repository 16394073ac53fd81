import { readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The parts of a `package.json` that matter here. */
export interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

// Three folders down in the checkout (src/tool/cli) as in the published package (dist/tool/cli).
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Trestle's own `package.json`. */
export function trestlePackage(): Manifest {
  return manifestIn(ROOT);
}

/**
 * How a package in `folder` names this very Trestle as a dependency: as the project does that it is installed in, or else
 * its version; for a checkout, its folder.
 */
export function trestleSpecifier(folder: string, root: string = ROOT): string {
  const version = `^${manifestIn(root).version ?? "0.0.0"}`;
  const packages = dirname(resolve(root));
  if (basename(packages) !== "node_modules") return `file:${relative(folder, root)}`;
  const project = dirname(packages);
  const { dependencies, devDependencies } = manifestIn(project);
  const said = dependencies?.trestle ?? devDependencies?.trestle;
  if (said === undefined) return version;
  if (!said.startsWith("file:")) return said;
  // Written from where the project stands, and read from where the new folder does.
  return `file:${relative(folder, resolve(project, said.slice("file:".length)))}`;
}

function manifestIn(folder: string): Manifest {
  try {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  } catch {
    return {};
  }
}
