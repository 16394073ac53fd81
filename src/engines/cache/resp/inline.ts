/**
 * Cuts a line that a person typed (`SET greeting "hello\n"`) into arguments, as redis-cli and telnet users expect:
 * separated by blanks, `"…"` with the escapes `\n \r \t \b \a \xHH`, `'…'` with `\'` alone. A quote must be followed by a
 * blank or the end. Undefined when the quotes do not balance.
 */
export function splitInline(line: string): string[] | undefined {
  const args: string[] = [];
  let at = 0;
  for (;;) {
    while (at < line.length && isBlank(line, at)) at++;
    if (at >= line.length) return args;
    let arg = "";
    while (at < line.length && !isBlank(line, at)) {
      const quote = line[at];
      if (quote !== '"' && quote !== "'") {
        arg += quote;
        at++;
        continue;
      }
      const quoted = quote === '"' ? doubleQuoted(line, at + 1) : singleQuoted(line, at + 1);
      if (!quoted || (quoted.end < line.length && !isBlank(line, quoted.end))) return undefined;
      arg += quoted.text;
      at = quoted.end;
    }
    args.push(arg);
  }
}

interface Quoted {
  readonly text: string;
  /** Just after the closing quote. */
  readonly end: number;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", a: "\x07" };

function doubleQuoted(line: string, start: number): Quoted | undefined {
  let text = "";
  for (let at = start; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === '"') return { text, end: at + 1 };
    if (char !== "\\" || at + 1 >= line.length) {
      text += char;
      continue;
    }
    const hex = /^x([0-9a-fA-F]{2})/.exec(line.slice(at + 1, at + 4))?.[1];
    if (hex !== undefined) {
      text += String.fromCharCode(Number.parseInt(hex, 16));
      at += 3;
    } else {
      const escaped = line.charAt(at + 1);
      text += ESCAPES[escaped] ?? escaped;
      at++;
    }
  }
  return undefined;
}

function singleQuoted(line: string, start: number): Quoted | undefined {
  let text = "";
  for (let at = start; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === "'") return { text, end: at + 1 };
    if (char === "\\" && line[at + 1] === "'") at++;
    text += line.charAt(at);
  }
  return undefined;
}

/** The blanks of C's `isspace`, and the NUL at which a C string ends. */
function isBlank(line: string, at: number): boolean {
  const code = line.charCodeAt(at);
  return code === 32 || (code >= 9 && code <= 13) || code === 0;
}
