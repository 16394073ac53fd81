const AGGREGATES: Readonly<Record<string, number>> = { "*": 1, "~": 1, ">": 1, "%": 2 };

/** Where the answer that begins at `start` ends, or -1 while it is not whole yet. Reads both RESP2 and RESP3. */
export function replyEnd(text: string, start: number): number {
  const lineEnd = text.indexOf("\r\n", start);
  if (lineEnd < 0) return -1;
  const kind = text.charAt(start);
  const next = lineEnd + 2;
  const length = Number(text.slice(start + 1, lineEnd));
  if (kind === "$" || kind === "=") {
    const end = length < 0 ? next : next + length + 2;
    return end <= text.length ? end : -1;
  }
  const perItem = AGGREGATES[kind];
  if (perItem === undefined) {
    if (!"+-:_,#(".includes(kind))
      throw new Error(`no answer: ${JSON.stringify(text.slice(start, start + 80))}`);
    return next;
  }
  let at = next;
  for (let item = 0; item < length * perItem; item++) {
    at = replyEnd(text, at);
    if (at < 0) return -1;
  }
  return at;
}
