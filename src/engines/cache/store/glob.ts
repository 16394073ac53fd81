/**
 * Whether a byte string matches a pattern of KEYS and SCAN: `*`, `?`, `[abc]`, `[a-z]`, `[^a]`, and `\` before a character
 * that is meant as itself. Takes at most pattern times text steps, whatever the pattern: only the last `*` is ever
 * tried again.
 */
export function globMatches(pattern: string, text: string): boolean {
  let inPattern = 0;
  let inText = 0;
  let afterStar = -1;
  let starText = 0;
  while (inText < text.length) {
    if (pattern[inPattern] === "*") {
      afterStar = ++inPattern;
      starText = inText;
      continue;
    }
    const end = inPattern < pattern.length ? matchOne(pattern, inPattern, text.charCodeAt(inText)) : -1;
    if (end >= 0) {
      inPattern = end;
      inText++;
    } else if (afterStar >= 0) {
      inPattern = afterStar;
      inText = ++starText;
    } else {
      return false;
    }
  }
  while (pattern[inPattern] === "*") inPattern++;
  return inPattern >= pattern.length;
}

/** Where the pattern goes on when its element at `at` matches the character, or -1. */
function matchOne(pattern: string, at: number, code: number): number {
  switch (pattern[at]) {
    case "?":
      return at + 1;
    case "[":
      return matchClass(pattern, at + 1, code);
    case "\\": {
      const literal = at + 1 < pattern.length ? at + 1 : at;
      return pattern.charCodeAt(literal) === code ? literal + 1 : -1;
    }
    default:
      return pattern.charCodeAt(at) === code ? at + 1 : -1;
  }
}

/** As in Redis: a class that is never closed ends with the pattern, and `[z-a]` is `[a-z]`. */
function matchClass(pattern: string, start: number, code: number): number {
  let at = start;
  const negated = pattern[at] === "^";
  if (negated) at++;
  let matched = false;
  for (; at < pattern.length && pattern[at] !== "]"; at++) {
    if (pattern[at] === "\\" && at + 1 < pattern.length) {
      at++;
      if (pattern.charCodeAt(at) === code) matched = true;
    } else if (pattern[at + 1] === "-" && at + 2 < pattern.length) {
      const from = pattern.charCodeAt(at);
      const to = pattern.charCodeAt(at + 2);
      if (code >= Math.min(from, to) && code <= Math.max(from, to)) matched = true;
      at += 2;
    } else if (pattern.charCodeAt(at) === code) {
      matched = true;
    }
  }
  return matched === negated ? -1 : Math.min(at + 1, pattern.length);
}
