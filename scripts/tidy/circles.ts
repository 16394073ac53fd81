import { type Problem, type Repository, resolved } from "./source.ts";

/**
 * Finds import circles, types included: files that import each other are one file in two pieces. Each circle is told
 * once, by a shortest way around it.
 */
export function circleProblems(repository: Repository): Problem[] {
  const graph = new Map<string, string[]>();
  for (const source of repository.sources) {
    const targets = source.imports
      .filter((one) => one.how !== "path" && one.specifier.startsWith("."))
      .map((one) => resolved(source.path, one.specifier));
    graph.set(source.path, targets);
  }
  const problems: Problem[] = [];
  const told = new Set<string>();
  for (const start of graph.keys()) {
    const circle = told.has(start) ? undefined : wayBack(graph, start);
    if (!circle) continue;
    for (const path of circle) told.add(path);
    problems.push({
      at: `${start}:1`,
      wrong: `an import circle: ${[...circle, start].join(" → ")}`,
      instead: "move what they share into a file that imports neither, or pass it in",
    });
  }
  return problems;
}

/** The files on a shortest way from `start` back to itself, beginning with it. */
function wayBack(graph: ReadonlyMap<string, readonly string[]>, start: string): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const next of graph.get(at) ?? []) {
      if (next === start) {
        const way = [at];
        for (let back = at; back !== start; ) {
          back = cameFrom.get(back) ?? start;
          way.unshift(back);
        }
        return way;
      }
      if (cameFrom.has(next) || !graph.has(next)) continue;
      cameFrom.set(next, at);
      queue.push(next);
    }
  }
  return undefined;
}
