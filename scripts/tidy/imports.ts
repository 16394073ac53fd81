import type { Token } from "./tokens.ts";

/** A place where one file names another. */
export interface Import {
  /** As written: `./model.ts`, `node:fs`, `trestle`. */
  readonly specifier: string;
  readonly line: number;
  /** Erased before the code runs. */
  readonly typeOnly: boolean;
  /** `static`: an import or export statement; `dynamic`: `import("…")`; `path`: any other string that may name a file. */
  readonly how: "static" | "dynamic" | "path";
  /** `export * from`. */
  readonly star: boolean;
}

/** Everything that the source imports, re-exports or names by a relative path. */
export function importsOf(tokens: readonly Token[]): Import[] {
  const found: Import[] = [];
  const claimed = new Set<Token>();
  tokens.forEach((token, index) => {
    if (token.kind !== "word" || (token.text !== "import" && token.text !== "export")) return;
    const before = tokens[index - 1];
    // A property of that name (`x.import`, `{ import: 1 }`) is no statement.
    if (before?.text === "." || tokens[index + 1]?.text === ":") return;
    const read = token.text === "import" ? readImport(tokens, index) : readExport(tokens, index);
    if (!read) return;
    claimed.add(read.at);
    found.push({ specifier: read.at.text, line: token.line, ...read.as });
  });
  for (const token of tokens) {
    if (token.kind !== "string" || claimed.has(token) || !/^\.{1,2}\//.test(token.text)) continue;
    found.push({ specifier: token.text, line: token.line, typeOnly: false, how: "path", star: false });
  }
  return found;
}

interface Read {
  readonly at: Token;
  readonly as: Pick<Import, "typeOnly" | "how" | "star">;
}

function readImport(tokens: readonly Token[], index: number): Read | undefined {
  const next = tokens[index + 1];
  if (next?.kind === "string") return { at: next, as: { typeOnly: false, how: "static", star: false } };
  if (next?.text === "(") {
    const specifier = tokens[index + 2];
    if (specifier?.kind !== "string") return undefined;
    return { at: specifier, as: { typeOnly: false, how: "dynamic", star: false } };
  }
  if (next?.text === ".") return undefined;
  const at = sourceOf(tokens, index + 1);
  return at && { at, as: { typeOnly: isTypeOnly(tokens, index), how: "static", star: false } };
}

function readExport(tokens: readonly Token[], index: number): Read | undefined {
  const typed = tokens[index + 1]?.text === "type" ? 1 : 0;
  const opening = tokens[index + 1 + typed]?.text;
  if (opening !== "{" && opening !== "*") return undefined;
  const at = sourceOf(tokens, index + 1);
  return at && { at, as: { typeOnly: isTypeOnly(tokens, index), how: "static", star: opening === "*" } };
}

/** The string after `from`, if the statement that begins at `index` has one. */
function sourceOf(tokens: readonly Token[], index: number): Token | undefined {
  for (let at = index; at < tokens.length; at++) {
    const token = tokens[at];
    if (!token || token.kind === "string") return undefined;
    const next = tokens[at + 1];
    if (token.text === "from" && next?.kind === "string") return next;
    // What may stand between: names, braces, commas, a star. Anything else is another statement.
    if (token.kind !== "word" && !"{},*".includes(token.text)) return undefined;
    if (token.text === "}" && next?.text !== "from") return undefined;
  }
  return undefined;
}

/**
 * `import type …` or `export type …`. Braces in which every name bears its own `type` do not count: the file they name is
 * loaded all the same.
 */
function isTypeOnly(tokens: readonly Token[], index: number): boolean {
  if (tokens[index + 1]?.text !== "type") return false;
  const after = tokens[index + 2]?.text;
  return after !== "from" && after !== ",";
}
