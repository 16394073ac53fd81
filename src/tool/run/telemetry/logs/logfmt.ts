/** More of a line are not read. */
const PAIRS_MAX = 64;

/**
 * Reads a line of logfmt: `level=info msg="two words" took=3ms`, as Go's slog and Heroku write it. Undefined for a line that does not
 * begin with a pair, has fewer than two, or holds a word that belongs to none: then it is a sentence. Names may come twice. Pure.
 */
export function readLogfmt(line: string): [string, string][] | undefined {
  const pairs: [string, string][] = [];
  let at = 0;
  while (at < line.length && pairs.length < PAIRS_MAX) {
    if (isSpace(line, at)) {
      at++;
      continue;
    }
    const from = at;
    while (at < line.length && !isSpace(line, at) && line[at] !== "=" && line[at] !== '"') at++;
    if (at === from || line[at] !== "=") return undefined;
    const name = line.slice(from, at);
    const read = line[at + 1] === '"' ? quoted(line, at + 2) : bare(line, at + 1);
    pairs.push([name, read.value]);
    at = read.end;
  }
  return pairs.length < 2 ? undefined : pairs;
}

function bare(line: string, from: number): { value: string; end: number } {
  let end = from;
  while (end < line.length && !isSpace(line, end)) end++;
  return { value: line.slice(from, end), end };
}

/** Reads to the closing quote, or to the end where there is none. */
function quoted(line: string, from: number): { value: string; end: number } {
  let end = from;
  let isEscaped = false;
  while (end < line.length && line[end] !== '"') {
    if (line[end] === "\\") {
      isEscaped = true;
      end++;
    }
    end++;
  }
  const text = line.slice(from, Math.min(end, line.length));
  return { value: isEscaped ? unescaped(text) : text, end: Math.min(end + 1, line.length) };
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => ESCAPES[character] ?? character);
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

function isSpace(line: string, at: number): boolean {
  const code = line.charCodeAt(at);
  return code === 32 || code === 9;
}
