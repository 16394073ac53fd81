import { isOfBundle, isTest, type Problem, type Repository, resolved, type Source } from "./source.ts";

/** A room of the house, and the rooms whose files it may import besides its own. */
interface Room {
  /** Every folder directly below is a room of its own, closed to its siblings. */
  readonly divided?: true;
  readonly mayImport: readonly string[];
}

/**
 * Who may import whom. The longest path wins; `{room}` stands for a file's own room, which is always open to it.
 * Everything in `src/blocks` is one room: blocks import blocks.
 */
const ROOMS: Readonly<Record<string, Room>> = {
  "src/blocks": { mayImport: [] },
  "src/engines": { divided: true, mayImport: ["src/blocks"] },
  // What a route may be is said in one place, so that a design and an edge never disagree about it. Those files are pure.
  "src/tool/design": { mayImport: ["src/blocks", "src/engines/edge/routing"] },
  // Shapes alone: what a supervisor says, and all that ask it read.
  "src/tool/control-api": { mayImport: ["src/tool/design"] },
  "src/tool": {
    divided: true,
    mayImport: ["src/blocks", "src/engines", "src/tool/design", "src/tool/control-api"],
  },
  "src/tool/cli": { mayImport: ["src/blocks", "src/engines", "src/tool", "bin"] },
  systems: { divided: true, mayImport: [] },
  bench: { mayImport: ["src", "scripts"] },
  scripts: { mayImport: ["src"] },
  bin: { mayImport: ["src"] },
};

/** Files directly in `src/engines` are shared by all engines. */
const SHARED = /^src\/engines\/[^/]+$/;

/** Finds imports that go against the house's order. */
export function layerProblems(repository: Repository): Problem[] {
  return repository.sources.flatMap((source) =>
    source.imports.flatMap((one): Problem[] => {
      const at = `${source.path}:${one.line}`;
      if (one.specifier.startsWith(".")) {
        const target = resolved(source.path, one.specifier);
        // A path in a string may as well be an example, a name to be made or a file of the test's own.
        if (one.how === "path" && !repository.has(target)) return [];
        const wrong = crossing(source.path, target);
        return wrong ? [{ at, ...wrong }] : [];
      }
      if (one.how === "path") return [];
      return packageProblem(source, one.specifier, one.typeOnly, repository).map((wrong) => ({
        at,
        ...wrong,
      }));
    }),
  );
}

type Words = Pick<Problem, "wrong" | "instead">;

function crossing(from: string, to: string): Words | undefined {
  const home = roomOf(from);
  if (!home) return undefined;
  if (isIn(to, home.folder)) return undefined;
  if (SHARED.test(to) && from.startsWith("src/engines/")) return undefined;
  if (home.mayImport.some((folder) => isIn(to, folder))) return undefined;
  const open = home.mayImport.length > 0 ? home.mayImport.join(", ") : "nothing";
  return {
    wrong: `${home.folder} imports ${to}, which is outside its layer`,
    instead: from.startsWith("systems/")
      ? 'import the package\'s public entries ("trestle", "trestle/…"), as its users do'
      : `besides its own files it may import: ${open}; move what both need down to a layer that both may import`,
  };
}

function packageProblem(
  source: Source,
  specifier: string,
  typeOnly: boolean,
  repository: Repository,
): Words[] {
  if (specifier.startsWith("node:")) return [];
  const { manifest } = repository;
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  if (name === manifest.name) {
    const entry = `.${specifier.slice(name.length)}`;
    if (manifest.exports && !(entry in manifest.exports)) {
      return [{ wrong: `"${specifier}" is no public entry`, instead: 'add it to "exports" in package.json' }];
    }
    return [];
  }
  // What a page is made of is bundled with it.
  const published = source.path.startsWith("src/") && !isTest(source.path) && !isOfBundle(source.path);
  const runs = { ...manifest.dependencies, ...manifest.optionalDependencies };
  if (name in runs) return [];
  if (name in { ...manifest.devDependencies } && (!published || typeOnly)) return [];
  return [
    {
      wrong: `"${name}" is not among the package's ${published && !typeOnly ? "dependencies" : "(dev)dependencies"}`,
      instead: `\`npm install ${published && !typeOnly ? "" : "--save-dev "}${name}\`, or do without`,
    },
  ];
}

function roomOf(path: string): { folder: string; mayImport: readonly string[] } | undefined {
  const name = Object.keys(ROOMS)
    .filter((folder) => isIn(path, folder))
    .sort((one, other) => other.length - one.length)[0];
  const room = name === undefined ? undefined : ROOMS[name];
  if (name === undefined || !room) return undefined;
  if (!room.divided) return { folder: name, mayImport: room.mayImport };
  const below = path.slice(name.length + 1).split("/");
  return { folder: below.length > 1 ? `${name}/${below[0]}` : name, mayImport: room.mayImport };
}

function isIn(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}
