import { readFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { codeOf, messageOf } from "../../../blocks/errors/index.ts";
import { nearest } from "../../../blocks/errors/nearest.ts";
import { type CallSite, fileOf, sitesOf } from "../call-site.ts";
import type { Problem } from "../problem.ts";
import { shown, thrownText } from "../quantities/measure.ts";
import { LOAD_TIMEOUT_MS, LoadTimeout } from "./import.ts";

/**
 * What went wrong, and where, when a design was imported. `met` are the design's own files, itself first; `exported` are the
 * names that `trestle` exports.
 */
export function failureOf(
  thrown: unknown,
  file: string,
  met: Iterable<string>,
  exported: readonly string[],
): Problem {
  const told = describe(thrown, [file, ...met], exported);
  const site = told.site ?? headOf(thrown) ?? siteIn(thrown, file);
  const place = site
    ? { file: site.file, line: site.line, ...(site.column > 0 ? { column: site.column } : {}) }
    : { file };
  return { ...place, path: "", message: told.message, mend: told.mend };
}

interface Told {
  readonly message: string;
  readonly mend: string;
  readonly site?: CallSite | undefined;
}

function describe(thrown: unknown, files: readonly string[], exported: readonly string[]): Told {
  if (thrown instanceof LoadTimeout) {
    return {
      message: `the file did not finish loading within ${LOAD_TIMEOUT_MS / 1_000} s`,
      mend: "Take out whatever it waits for: it is to describe, and to do nothing.",
    };
  }
  const code = codeOf(thrown);
  if (code === "ERR_MODULE_NOT_FOUND" || code === "ERR_UNSUPPORTED_DIR_IMPORT") return notFound(thrown);
  if (code === "ERR_PACKAGE_PATH_NOT_EXPORTED") return notExported(thrown, files);
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX") {
    return {
      message: messageOf(thrown).replace(
        "in strip-only mode",
        "here: Node runs the file as it is, without its types",
      ),
      mend: "Write it in plain JavaScript with types: an object instead of an enum, for instance.",
    };
  }
  if (thrown instanceof SyntaxError) return syntax(thrown, files, exported);
  if (thrown instanceof ReferenceError) return reference(thrown, exported);
  return {
    message: `the file threw while it was loaded: ${thrownText(thrown)}`,
    mend: "Mend that line. It is to describe; whatever can fail belongs into the programs that it names.",
  };
}

/** An import of something that is not there. */
function notFound(thrown: unknown): Told {
  const [, what = "module", name = "", importer = ""] =
    /^Cannot find (package|module) '(.+?)' imported from (.+)$/.exec(messageOf(thrown)) ?? [];
  const from = fileOf(importer) ?? importer;
  if (what === "package") {
    return {
      message: `the package "${name}" is not installed`,
      mend: `Install it with npm install ${name}, or take the import out.`,
      site: textIn(from, name),
    };
  }
  const path = relative(dirname(from), fileOf(name) ?? name).replaceAll("\\", "/");
  return {
    message: `there is no file ${shown(path.startsWith(".") ? path : `./${path}`)} to import`,
    mend: "Mend the path; it needs the file's extension too.",
    site: textIn(from, path) ?? textIn(from, path.replace(/\.\w+$/, "")),
  };
}

/** `trestle/…` of a name that does not exist. */
function notExported(thrown: unknown, files: readonly string[]): Told {
  const [, subpath = "", owner = ""] =
    /^Package subpath '\.\/(.+?)' is not defined by "exports" in (.+?) /.exec(messageOf(thrown)) ?? [];
  const name =
    /[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/]package\.json$/.exec(owner)?.[1] ?? "trestle";
  return {
    message: `the package "${name}" has no entry "${name}/${subpath}"`,
    mend: `Import one that its documentation names, such as "${name}" itself.`,
    site: firstOf(files, (file) => textIn(file, `${name}/${subpath}`)),
  };
}

function syntax(thrown: SyntaxError, files: readonly string[], exported: readonly string[]): Told {
  const { message } = thrown;
  const missing = /^The requested module '(.+?)' does not provide an export named '(.+?)'$/.exec(message);
  if (missing) {
    const [, module = "", name = ""] = missing;
    const meant = module === "trestle" ? nearest(name, exported) : undefined;
    return {
      message: `"${module}" exports nothing called "${name}"`,
      mend:
        meant === undefined
          ? 'Mend the name, or import it with "import type" if it is a type.'
          : `Did you mean "${meant}"?`,
    };
  }
  const twice = /^Identifier '(.+?)' has already been declared$/.exec(message)?.[1];
  if (twice !== undefined) {
    return {
      message: `two things in one file are called "${twice}"`,
      mend: "Rename one of them. What is imported counts too.",
      site: headOf(thrown) ?? firstOf(files, (file) => secondDeclaration(file, twice)),
    };
  }
  return {
    message: `the file cannot be read as TypeScript: ${message.replace(/\.$/, "").replace("'ident'", "a name")}`,
    mend: "Mend the syntax there; the mistake may also stand just before.",
  };
}

function reference(thrown: ReferenceError, exported: readonly string[]): Told {
  const early = /^Cannot access '(.+?)' before initialization$/.exec(thrown.message)?.[1];
  if (early !== undefined) {
    return {
      message: `"${early}" is used before it is defined`,
      mend: `Move the definition of "${early}" up, above this line. Parts cannot use each other in a circle.`,
    };
  }
  const unknown = /^(.+?) is not defined$/.exec(thrown.message)?.[1];
  if (unknown === undefined) return { message: thrown.message, mend: "Mend that line." };
  const mend = exported.includes(unknown)
    ? `Import it: import { ${unknown} } from "trestle".`
    : "Define it above this line, import it, or mend the name.";
  return { message: `nothing called "${unknown}" is defined`, mend };
}

/** The line that a syntax error's stack begins with, `FILE:LINE`, and under it the line itself with the place marked. */
function headOf(thrown: unknown): CallSite | undefined {
  const [head = "", ...lines] = thrown instanceof Error ? (thrown.stack ?? "").trimStart().split("\n") : [];
  const [, place = "", line] = /^((?:file:\/\/)?\/.*|[A-Za-z]:\\.*):(\d+)$/.exec(head) ?? [];
  const file = line === undefined ? undefined : fileOf(place);
  if (file === undefined) return undefined;
  const mark = lines.slice(0, 12).find((one) => /^\s*\^+\s*$/.test(one));
  return { file, line: Number(line), column: mark === undefined ? 0 : mark.indexOf("^") + 1 };
}

/** The innermost place of the stack that is in the design, or else in a file beside it. */
function siteIn(thrown: unknown, file: string): CallSite | undefined {
  const sites = thrown instanceof Error ? sitesOf(thrown.stack ?? "") : [];
  const folder = dirname(file);
  return (
    sites.find((site) => site.file === file) ??
    sites.find((site) => !relative(folder, site.file).startsWith(".."))
  );
}

/** Where a text stands between quotes, such as the name in an import. */
function textIn(file: string, text: string): CallSite | undefined {
  return sitesIn(file, (line) =>
    Math.max(...['"', "'", '"./', "'./"].map((before) => line.indexOf(`${before}${text}`))),
  )[0];
}

/** Where a file declares a name for the second time; an import of that name is the first. */
function secondDeclaration(file: string, name: string): CallSite | undefined {
  const escaped = name.replace(/\$/g, "\\$");
  const declared = new RegExp(`\\b(?:const|let|var|class|function)\\s+(?=${escaped}(?![\\w$]))`);
  const imported = new RegExp(`^\\s*import\\b.*(?<![\\w$])${escaped}(?![\\w$]).*\\bfrom\\b`);
  const declarations = sitesIn(file, (line) => {
    const found = declared.exec(line);
    return found ? found.index + found[0].length : -1;
  });
  const imports = sitesIn(file, (line) => (imported.test(line) ? 0 : -1));
  return declarations.length + imports.length < 2 ? undefined : declarations.at(-1);
}

function firstOf<Found>(
  files: readonly string[],
  find: (file: string) => Found | undefined,
): Found | undefined {
  for (const file of files) {
    const found = find(file);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The lines of a file in which something stands, at the column (counted from 0) that `columnIn` returns. */
function sitesIn(file: string, columnIn: (line: string) => number): CallSite[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line, index) => {
    const column = columnIn(line);
    return column < 0 ? [] : [{ file, line: index + 1, column: column + 1 }];
  });
}
