import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { type Import, importsOf } from "./imports.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** One file of code, taken apart once for all the checks. */
export interface Source {
  /** From the repository's root, with forward slashes: `src/tool/run/lock.ts`. */
  readonly path: string;
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly imports: readonly Import[];
}

/** Something to mend, said so that a reader who has not seen the rule can mend it. */
export interface Problem {
  /** `path:line`. */
  readonly at: string;
  readonly wrong: string;
  readonly instead: string;
}

/** The repository as the checks see it. */
export interface Repository {
  readonly sources: readonly Source[];
  /** `package.json`. */
  readonly manifest: Manifest;
  /** The text of a file that is no source, such as `docs/errors.md`; `undefined` when there is none. */
  readonly textOf: (path: string) => string | undefined;
  /** Whether a file of any kind stands there. */
  readonly has: (path: string) => boolean;
}

/** What the checks read of `package.json`. */
export interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Takes a file apart. */
export function sourceOf(path: string, text: string): Source {
  const tokens = tokensOf(text);
  return { path, text, tokens, imports: importsOf(tokens) };
}

/** A test, the tests of a peer, or what tests alone use: `…-fixture.ts` and whatever stands in a folder `testing`. */
export function isTest(path: string): boolean {
  return /\.test\.ts$|-fixture\.ts$|\/testing\//.test(path);
}

/** What `scripts/build-console.ts` bundles for browsers. */
export function isOfBundle(path: string): boolean {
  return path.startsWith("src/tool/console/page/");
}

/** The path in the repository that a relative specifier names. */
export function resolved(from: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(from), specifier));
}

const FOLDERS = ["src", "systems", "bench", "scripts", "bin"];
// Broken on purpose, or put there by tools.
const LEFT_OUT = new Set(["node_modules", "dist", ".trestle", "testdata", "assets"]);

/** Reads the repository that stands in `root`. */
export function readRepository(root: string): Repository {
  const textOf = (path: string): string | undefined => {
    try {
      return readFileSync(join(root, path), "utf8");
    } catch {
      return undefined;
    }
  };
  const sources = FOLDERS.flatMap((folder) => filesUnder(root, folder))
    .filter((path) => /\.(ts|tsx|mts|js|mjs)$/.test(path) && !path.endsWith(".d.ts"))
    .map((path) => sourceOf(path, readFileSync(join(root, path), "utf8")));
  const manifest: Manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const has = (path: string) => statSync(join(root, path), { throwIfNoEntry: false })?.isFile() ?? false;
  return { sources, manifest, textOf, has };
}

function filesUnder(root: string, folder: string): string[] {
  if (!statSync(join(root, folder), { throwIfNoEntry: false })) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !LEFT_OUT.has(entry.name))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesUnder(root, path) : [path];
    })
    .sort();
}
