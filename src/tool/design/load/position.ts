/** A line and a column, counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Finds where an argument, or what is in it, stands in a source text: `call` is where the function's name begins, and
 * `trail` the way from there: the argument's index, then the names of fields and the indexes of elements. Goes as far as
 * it can read the text (literals, in which it skips whatever else there is) and returns the last place it found.
 */
export function positionIn(text: string, call: Position, trail: readonly (string | number)[]): Position {
  const start = offsetOf(text, call);
  let at = start === undefined ? undefined : openingOf(text, start);
  if (start === undefined || at === undefined) return call;
  let found = start;
  for (const step of trail) {
    const next: Entry | undefined =
      typeof step === "number" ? element(text, at, step) : field(text, at, step);
    if (!next) break;
    found = next.name;
    at = functionBody(text, next.value);
  }
  return positionOf(text, found);
}

/** A field or an element: where its name begins, and its value. */
interface Entry {
  readonly name: number;
  readonly value: number;
}

/** The parenthesis that opens the arguments of a call. */
function openingOf(text: string, start: number): number | undefined {
  const name = /^[\w$.]+\s*/.exec(text.slice(start, start + 200))?.[0];
  const at = name === undefined ? start : start + name.length;
  return text[at] === "(" ? at : undefined;
}

/** The element of that index in what opens with `[` or `(` here. */
function element(text: string, opening: number, index: number): Entry | undefined {
  if (text[opening] !== "[" && text[opening] !== "(") return undefined;
  let at = skipBlank(text, opening + 1);
  for (let passed = 0; passed < index; passed++) {
    const end = skipValue(text, at);
    if (text[end] !== ",") return undefined;
    at = skipBlank(text, end + 1);
  }
  return at >= text.length || CLOSING.includes(text[at] ?? "") ? undefined : { name: at, value: at };
}

/** The field of that name in the object literal that opens here. */
function field(text: string, opening: number, name: string): Entry | undefined {
  if (text[opening] !== "{") return undefined;
  let at = skipBlank(text, opening + 1);
  while (at < text.length && text[at] !== "}") {
    const [whole, identifier, quoted] =
      /^(?:([\w$]+)|["']([^"'\\]*)["'])/.exec(text.slice(at, at + 200)) ?? [];
    if (whole !== undefined) {
      const after = skipBlank(text, at + whole.length);
      const value = text[after] === ":" ? skipBlank(text, after + 1) : at;
      if ((identifier ?? quoted) === name) return { name: at, value };
    }
    const end = skipValue(text, at);
    if (text[end] !== ",") return undefined;
    at = skipBlank(text, end + 1);
  }
  return undefined;
}

/** Steps into `() => ({ … })` and `() => [ … ]`. */
function functionBody(text: string, at: number): number {
  const head = /^\(\s*\)\s*=>\s*\(?\s*/.exec(text.slice(at, at + 200))?.[0];
  return head === undefined ? at : at + head.length;
}

const OPENING = "([{";
const CLOSING = ")]}";

/** The end of an expression: its comma, or the bracket that closes what it stands in. */
function skipValue(text: string, start: number): number {
  let open = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at] ?? "";
    const blank = skipBlank(text, at);
    if (blank > at) at = blank - 1;
    else if (`"'\``.includes(character)) at = skipString(text, at);
    else if (OPENING.includes(character)) open++;
    else if (CLOSING.includes(character) && open-- === 0) return at;
    else if (character === "," && open === 0) return at;
  }
  return text.length;
}

/** The last character of a string; of a template too, in which what `${…}` holds may be strings again. */
function skipString(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === quote) return at;
    else if (quote === "`" && text.startsWith("${", at)) at = skipValue(text, at + 2);
  }
  return text.length;
}

/** The next character that is neither blank nor in a comment. */
function skipBlank(text: string, start: number): number {
  const blank = /(?:\s|\/\/.*|\/\*[\s\S]*?\*\/)*/y;
  blank.lastIndex = start;
  return start + (blank.exec(text)?.[0].length ?? 0);
}

function offsetOf(text: string, { line, column }: Position): number | undefined {
  let start = 0;
  for (let number = 1; number < line; number++) {
    const end = text.indexOf("\n", start);
    if (end < 0) return undefined;
    start = end + 1;
  }
  return start + column - 1;
}

function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}
