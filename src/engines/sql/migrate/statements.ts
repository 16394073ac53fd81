/** One statement of a script, from its first token to before its semicolon. */
export interface Statement {
  readonly text: string;
  /** The line of the script on which it begins, from 1. */
  readonly line: number;
  /** Its first words, in lower case. */
  readonly words: readonly string[];
}

/** How many words tell statements apart: `create or replace function`. */
const WORDS_KEPT = 4;

const SPACE = /\s+/y;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;
const WORD = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y;
const NUMBER = /[0-9][A-Za-z0-9_.]*/y;

/**
 * Cuts a script into its statements where PostgreSQL's own `psql` would: semicolons in strings, quoted names, dollar
 * quotes, comments (which nest), parentheses and the bodies of SQL-standard functions (`BEGIN ATOMIC … END`) end nothing.
 * An unfinished string or comment reaches to the end, for PostgreSQL to complain about.
 */
export function splitStatements(script: string): Statement[] {
  const statements: Statement[] = [];
  let start = -1;
  let words: string[] = [];
  let previousWord = "";
  let parentheses = 0;
  let blocks = 0;
  let line = 1;
  let countedTo = 0;

  const finish = (end: number) => {
    if (start >= 0) {
      // Counted on from the statement before: a long script is gone through once.
      line += lineAt(script.slice(countedTo, start), start - countedTo) - 1;
      countedTo = start;
      statements.push({ text: script.slice(start, end).trimEnd(), line, words });
    }
    start = -1;
    words = [];
    previousWord = "";
    parentheses = 0;
    blocks = 0;
  };

  for (let at = 0; at < script.length; ) {
    const skipped = skipComment(script, at) ?? endOf(SPACE, script, at);
    if (skipped !== undefined) {
      at = skipped;
      continue;
    }
    const character = script[at] ?? "";
    if (character === ";" && parentheses === 0 && blocks === 0) {
      finish(at);
      at += 1;
      continue;
    }
    if (start < 0) start = at;
    const afterString = skipString(script, at);
    const afterWord = afterString === undefined ? endOf(WORD, script, at) : undefined;
    if (afterWord !== undefined) {
      const word = script.slice(at, afterWord).toLowerCase();
      if (words.length < WORDS_KEPT) words.push(word);
      if (blocks === 0) blocks = previousWord === "begin" && word === "atomic" && makesRoutine(words) ? 1 : 0;
      else if (word === "case") blocks += 1;
      else if (word === "end") blocks -= 1;
      previousWord = word;
    }
    if (character === "(") parentheses += 1;
    if (character === ")") parentheses = Math.max(0, parentheses - 1);
    at = afterString ?? afterWord ?? endOf(NUMBER, script, at) ?? at + 1;
  }
  finish(script.length);
  return statements;
}

/** The line of `text`, from 1, on which the character at `offset` stands. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

function makesRoutine(words: readonly string[]): boolean {
  const made = words[1] === "or" ? words[3] : words[1];
  return words[0] === "create" && (made === "function" || made === "procedure");
}

function skipString(script: string, at: number): number | undefined {
  const character = script[at];
  if (character === "'" || character === '"') return afterNext(character, script, at + 1);
  if ((character === "e" || character === "E") && script[at + 1] === "'") return endOfEscaped(script, at + 2);
  const bodyAt = endOf(DOLLAR_TAG, script, at);
  return bodyAt === undefined ? undefined : afterNext(script.slice(at, bodyAt), script, bodyAt);
}

/** `E'…'`, in which a backslash takes away the next character's meaning. */
function endOfEscaped(script: string, from: number): number {
  for (let at = from; at < script.length; at++) {
    if (script[at] === "\\") at += 1;
    else if (script[at] === "'" && script[at + 1] === "'") at += 1;
    else if (script[at] === "'") return at + 1;
  }
  return script.length;
}

/** Where `closing` ends, looked for from `from`; the end of the script when it is not there. */
function afterNext(closing: string, script: string, from: number): number {
  const found = script.indexOf(closing, from);
  return found < 0 ? script.length : found + closing.length;
}

function skipComment(script: string, at: number): number | undefined {
  if (script.startsWith("--", at)) return afterNext("\n", script, at);
  if (!script.startsWith("/*", at)) return undefined;
  const mark = /\/\*|\*\//g;
  mark.lastIndex = at;
  let depth = 0;
  for (let found = mark.exec(script); found; found = mark.exec(script)) {
    depth += found[0] === "/*" ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return script.length;
}

/** Where the token that begins at `at` ends, or `undefined` when none of that kind begins there. */
function endOf(token: RegExp, script: string, at: number): number | undefined {
  token.lastIndex = at;
  return token.test(script) ? token.lastIndex : undefined;
}
