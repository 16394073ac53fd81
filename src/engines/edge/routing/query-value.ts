const QUESTION = 0x3f;

/**
 * The value of a query's first parameter of a name (the Gateway API recommends the first of several); undefined when there is
 * none. `target` has its query, if any, from the question mark at `end` on. Names and values are compared as forms send them:
 * `+` is a space, and percent-encoded bytes are UTF-8; what is not, is compared as it stands. Pure.
 */
export function queryValue(target: string, end: number, name: string): string | undefined {
  if (target.charCodeAt(end) !== QUESTION) return undefined;
  let start = end + 1;
  while (start < target.length) {
    const ampersand = target.indexOf("&", start);
    const stop = ampersand < 0 ? target.length : ampersand;
    const equals = target.indexOf("=", start);
    const nameStop = equals < 0 || equals > stop ? stop : equals;
    // An empty piece, as in `?a&&b`, is no parameter.
    if (stop > start && decoded(target, start, nameStop) === name) {
      return nameStop === stop ? "" : decoded(target, nameStop + 1, stop);
    }
    start = stop + 1;
  }
  return undefined;
}

function decoded(target: string, start: number, stop: number): string {
  const text = target.slice(start, stop);
  if (!text.includes("%") && !text.includes("+")) return text;
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
