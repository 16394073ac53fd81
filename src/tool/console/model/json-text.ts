/**
 * Lays JSON out over lines without reading its values: numbers keep all their digits, and names their order and their doubles, as `JSON.parse`
 * and `JSON.stringify` would not. Undefined of text that is no JSON object or array. Pure.
 */
export function laidOutJson(text: string): string | undefined {
  const trimmed = text.trim();
  if (!/^[[{]/.test(trimmed) || !isJson(trimmed)) return undefined;
  let out = "";
  let depth = 0;
  for (let at = 0; at < trimmed.length; at++) {
    const letter = trimmed[at] ?? "";
    if (letter === '"') {
      const end = endOfString(trimmed, at);
      out += trimmed.slice(at, end);
      at = end - 1;
    } else if (/\s/.test(letter)) {
      // Spaces between tokens are ours to set.
    } else if (letter === "{" || letter === "[") {
      const close = nextToken(trimmed, at + 1);
      if (trimmed[close] === "}" || trimmed[close] === "]") {
        out += `${letter}${trimmed[close]}`;
        at = close;
      } else out += `${letter}${lineAt(++depth)}`;
    } else if (letter === "}" || letter === "]") out += `${lineAt(--depth)}${letter}`;
    else if (letter === ",") out += `,${lineAt(depth)}`;
    else if (letter === ":") out += ": ";
    else out += letter;
  }
  return out;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Behind the closing quote. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function nextToken(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text[at] ?? "")) at++;
  return at;
}

/** Deep nesting is not indented any further: its spaces would outgrow the text by far. */
function lineAt(depth: number): string {
  return `\n${"  ".repeat(Math.min(depth, 40))}`;
}
