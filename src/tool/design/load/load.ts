import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { type Clock, systemClock } from "../../../blocks/time/index.ts";
import type { Finding } from "../check/place.ts";
import { checkSystem } from "../check/system.ts";
import { DesignError } from "../errors.ts";
import type { LoadedDesign } from "../model.ts";
import { frozenCopy, isPart } from "../part.ts";
import type { Problem } from "../problem.ts";
import { shown } from "../quantities/measure.ts";
import { isSystem } from "../system.ts";
import { failureOf } from "./failure.ts";
import { findDesign } from "./find.ts";
import { importDesign } from "./import.ts";
import { positionIn } from "./position.ts";

/** How a design is loaded. */
export interface LoadOptions {
  /** Where `TRESTLE_<PART>_URL` is looked up. Default: the process's own. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Measures how long the file takes to load, at most 10 s. Default: the machine's own. */
  readonly clock?: Clock;
}

/** What `trestle` exports for designs, to tell a misspelt import. */
const LANGUAGE = ["cache", "database", "edge", "service", "system", "task"];

/**
 * Loads a design and checks it whole: imports the module (`fileOrFolder` is the file, or a folder that holds `system.ts`,
 * `.mts`, `.js` or `.mjs`), finds every part, checks each and all together, and returns the frozen model with its parts
 * in the order in which they can start. Opens no socket and starts no process.
 *
 * Throws `DesignError`: `DESIGN_NOT_FOUND`, `DESIGN_NOT_LOADED` (syntax, imports, or the file threw) or `DESIGN_INVALID`,
 * with all that is wrong as `problems`.
 */
export async function loadDesign(fileOrFolder: string, options: LoadOptions = {}): Promise<LoadedDesign> {
  const { environment = process.env, clock = systemClock } = options;
  const file = findDesign(fileOrFolder);
  const folder = dirname(file);
  const fail = (
    code: "DESIGN_NOT_LOADED" | "DESIGN_INVALID",
    problems: readonly Problem[],
    cause?: unknown,
  ) => new DesignError(code, problems, { folder: process.cwd(), cause });

  const met = new Set<string>();
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = await importDesign(file, clock, met);
  } catch (thrown) {
    throw fail("DESIGN_NOT_LOADED", [failureOf(thrown, file, met, LANGUAGE)], thrown);
  }
  const system = exported.default;
  if (!isSystem(system)) throw fail("DESIGN_INVALID", [noSystem(file, exported)]);
  const { model, findings } = checkSystem(system, { folder, environment });
  if (findings.length > 0) throw fail("DESIGN_INVALID", problemsOf(findings, file));
  return Object.freeze({ file, folder, model: frozenCopy(model) as LoadedDesign["model"] });
}

function noSystem(file: string, exported: Readonly<Record<string, unknown>>): Problem {
  const found = exported.default;
  const message = !("default" in exported)
    ? "the file has no default export"
    : isPart(found)
      ? `the file's default export is a ${found.kind}, not a system`
      : `the file's default export is ${shown(found)}, not a system`;
  const mend = 'End it with: export default system("NAME", { parts: [ … ] });';
  return { file, path: "", message, mend };
}

/** Findings with their places in the files, in the order of the files. */
function problemsOf(findings: readonly Finding[], design: string): Problem[] {
  const texts = new Map<string, string>();
  const textOf = (file: string) => {
    const text = texts.get(file) ?? readOrEmpty(file);
    texts.set(file, text);
    return text;
  };
  const problems = findings.map(({ site, trail, path, message, mend }): Problem => {
    if (!site) return { file: design, path, message, mend };
    return { file: site.file, ...positionIn(textOf(site.file), site, trail), path, message, mend };
  });
  return problems.sort(
    (a, b) =>
      order(a, design) - order(b, design) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}

/** The design itself comes before what it imports. */
function order(problem: Problem, design: string): number {
  return problem.file === design ? 0 : 1;
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
