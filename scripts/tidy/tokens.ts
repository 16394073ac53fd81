/** A piece of TypeScript or JavaScript source that is no comment and no white space. */
export interface Token {
  readonly kind: "word" | "string" | "template" | "regex" | "number" | "mark";
  /** As it stands in the source; a string's or template's without its quotes. */
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

// After these a slash begins a regular expression; after any other word, name or closing bracket it divides.
const BEFORE_REGEX = new Set(
  "return typeof case in of do else void delete instanceof new throw yield await extends default".split(" "),
);

const PATTERNS = [
  ["word", /[\p{ID_Start}$_#@][\p{ID_Continue}$\u200c\u200d]*/uy],
  ["number", /\d[\w.]*/y],
  ["mark", /=>|\.\.\.|[^\s]/uy],
] as const;

/**
 * Splits source into tokens, so that the checks never trip over what a comment or a string says.
 *
 * Not a parser: a slash after `)`, `]` or `}` is always taken as a division. A string that never ends is cut at its line's
 * end; nothing here throws, whatever the text is.
 */
export function tokensOf(source: string): Token[] {
  return new Scanner(source).all();
}

class Scanner {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  /** For each template that is open, how many braces stand open inside its `${`. */
  readonly #templates: number[] = [];
  #at = 0;
  #line = 1;

  constructor(source: string) {
    this.#source = source;
  }

  all(): Token[] {
    if (this.#source.startsWith("#!")) this.#to(lineEnd(this.#source, 0));
    while (this.#at < this.#source.length) this.#next();
    return this.#tokens;
  }

  #next(): void {
    const source = this.#source;
    const char = source.charAt(this.#at);
    if (/\s/.test(char)) this.#to(this.#at + 1);
    else if (source.startsWith("//", this.#at)) this.#to(lineEnd(source, this.#at));
    else if (source.startsWith("/*", this.#at)) this.#to(commentEnd(source, this.#at));
    else if (char === '"' || char === "'") this.#string(char);
    else if (char === "`") this.#template();
    else if (char === "}" && this.#templates.at(-1) === 0) {
      this.#templates.pop();
      this.#template();
    } else this.#code(char);
  }

  #code(char: string): void {
    const end = char === "/" && this.#mayBeginRegex() ? regexEnd(this.#source, this.#at) : undefined;
    if (end !== undefined) {
      this.#take("regex", end);
      return;
    }
    this.#countBraces(char);
    for (const [kind, pattern] of PATTERNS) {
      pattern.lastIndex = this.#at;
      if (!pattern.test(this.#source)) continue;
      this.#take(kind, pattern.lastIndex);
      return;
    }
    this.#to(this.#at + 1);
  }

  #string(quote: string): void {
    const source = this.#source;
    let end = this.#at + 1;
    while (end < source.length && source[end] !== quote && source[end] !== "\n") {
      end += source[end] === "\\" ? 2 : 1;
    }
    this.#take("string", Math.min(end + 1, source.length), 1);
  }

  /** From a backtick, or from the brace that ends a substitution, to the next substitution or the closing backtick. */
  #template(): void {
    const source = this.#source;
    let end = this.#at + 1;
    while (end < source.length && source[end] !== "`" && !source.startsWith("${", end)) {
      end += source[end] === "\\" ? 2 : 1;
    }
    if (source.startsWith("${", end)) {
      this.#templates.push(0);
      this.#take("template", end + 2, 1, 2);
    } else this.#take("template", Math.min(end + 1, source.length), 1);
  }

  #countBraces(char: string): void {
    const open = this.#templates.pop();
    if (open === undefined) return;
    this.#templates.push(open + (char === "{" ? 1 : char === "}" ? -1 : 0));
  }

  #mayBeginRegex(): boolean {
    const before = this.#tokens.at(-1);
    if (!before) return true;
    if (before.kind === "word") return BEFORE_REGEX.has(before.text);
    return before.kind === "mark" && !")]}".includes(before.text);
  }

  #take(kind: Token["kind"], end: number, open = 0, close = open): void {
    const text = this.#source.slice(this.#at + open, Math.max(this.#at + open, end - close));
    this.#tokens.push({ kind, text, line: this.#line });
    this.#to(end);
  }

  #to(end: number): void {
    for (let at = this.#source.indexOf("\n", this.#at); at >= 0 && at < end; ) {
      this.#line++;
      at = this.#source.indexOf("\n", at + 1);
    }
    this.#at = end;
  }
}

function lineEnd(source: string, from: number): number {
  const end = source.indexOf("\n", from);
  return end < 0 ? source.length : end;
}

function commentEnd(source: string, from: number): number {
  const end = source.indexOf("*/", from + 2);
  return end < 0 ? source.length : end + 2;
}

/** Where the regular expression that begins at `start` ends, or `undefined` when its line holds no end. */
function regexEnd(source: string, start: number): number | undefined {
  let inClass = false;
  for (let at = start + 1; at < source.length; at++) {
    const char = source[at];
    if (char === "\n") return undefined;
    if (char === "\\") at++;
    else if (char === "[") inClass = true;
    else if (char === "]") inClass = false;
    else if (char === "/" && !inClass) {
      do at++;
      while (/[a-z]/.test(source.charAt(at)));
      return at;
    }
  }
  return undefined;
}
