import { ALLOWED_LONG, ALLOWED_UNUSED, type Allowed } from "./allowed.ts";
import { type Manifest, type Problem, type Repository, resolved, type Source } from "./source.ts";

/** The longest that a file may be, in lines. */
const LINES_MAX = 500;

/** Finds files that are empty, too long, or imported by nobody. */
export function fileProblems(
  repository: Repository,
  allowed: { long: readonly Allowed[]; unused: readonly Allowed[] } = {
    long: ALLOWED_LONG,
    unused: ALLOWED_UNUSED,
  },
): Problem[] {
  return [
    ...repository.sources.flatMap(emptyProblems),
    ...longProblems(repository.sources, allowed.long),
    ...unusedProblems(repository, allowed.unused),
  ];
}

function emptyProblems(source: Source): Problem[] {
  if (source.tokens.length > 0) return [];
  return [{ at: `${source.path}:1`, wrong: "the file holds no code", instead: "remove it" }];
}

function longProblems(sources: readonly Source[], allowed: readonly Allowed[]): Problem[] {
  return sources.flatMap((source) => {
    const lines = source.text.trimEnd().split("\n").length;
    if (lines <= LINES_MAX || allowed.some((one) => one.path === source.path)) return [];
    return [
      {
        at: `${source.path}:${LINES_MAX + 1}`,
        wrong: `the file has ${lines} lines, more than ${LINES_MAX}`,
        instead: "find its second subject and give that a file of its own",
      },
    ];
  });
}

function unusedProblems(repository: Repository, allowed: readonly Allowed[]): Problem[] {
  const used = new Set([...entriesOf(repository.manifest), ...allowed.map((one) => one.path)]);
  for (const source of repository.sources) {
    for (const one of source.imports) {
      if (one.specifier.startsWith(".")) used.add(resolved(source.path, one.specifier));
    }
    // Paths from the root, as programs that start other programs write them.
    for (const token of source.tokens) if (token.kind === "string") used.add(token.text);
  }
  return repository.sources
    .filter((source) => !used.has(source.path) && !isLoadedByItself(source.path))
    .map((source) => ({
      at: `${source.path}:1`,
      wrong: "nobody imports this file",
      instead:
        "use it or remove it; what something else loads by name joins ALLOWED_UNUSED in scripts/tidy/allowed.ts",
    }));
}

/** Files that `package.json` names. */
function entriesOf(manifest: Manifest): string[] {
  const named = [...Object.values(manifest.exports ?? {}), ...Object.values(manifest.bin ?? {})];
  const inScripts = Object.values(manifest.scripts ?? {}).flatMap(
    (script) => script.match(/[\w./-]+\.[jt]s\b/g) ?? [],
  );
  return [...named, ...inScripts].map((path) => path.replace(/^\.\//, ""));
}

/** Tests, processes of their own, designs, what users copy, and pages' scripts, which HTML loads. */
function isLoadedByItself(path: string): boolean {
  return (
    path.endsWith(".test.ts") ||
    /\/main\.tsx?$|(^|\/)system\.[mc]?[jt]s$|\/template\/|\/page\/.*\.js$/.test(path)
  );
}
