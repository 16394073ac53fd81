/**
 * Reads server-sent events (WHATWG HTML, 9.2.6) as text comes in, whatever pieces it comes in. Pure. It is used where `EventSource` cannot
 * be: that one sends no `Authorization`.
 */
export interface ServerSentEvent {
  /** Its `event` field; `message` where it has none. */
  readonly type: string;
  /** Its `data` lines, joined by line feeds. */
  readonly data: string;
}

/** The most that one event may hold, in UTF-16 code units; a longer one is left out whole. */
export const EVENT_LENGTH_MAX = 16 * 1024 * 1024;

/** Makes a reader of one stream: each call takes the next piece and returns the events that it completed. */
export function eventStreamReader(): (piece: string) => ServerSentEvent[] {
  let rest = "";
  let lines: string[] = [];
  let length = 0;
  let type = "";
  let isFirst = true;

  const take = (line: string, events: ServerSentEvent[]): void => {
    if (line === "") {
      if (lines.length > 0 && length <= EVENT_LENGTH_MAX) {
        events.push({ type: type || "message", data: lines.join("\n") });
      }
      lines = [];
      length = 0;
      type = "";
      return;
    }
    const colon = line.indexOf(":");
    // A comment, which servers send to keep a connection open.
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "event") type = value;
    if (field !== "data") return;
    length += value.length + 1;
    if (length <= EVENT_LENGTH_MAX) lines.push(value);
  };

  return (piece) => {
    const events: ServerSentEvent[] = [];
    let text = rest + piece;
    if (isFirst && text.length > 0) {
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
      isFirst = false;
    }
    let start = 0;
    for (let at = nextEnd(text, start); at >= 0; at = nextEnd(text, start)) {
      // A carriage return at the very end may be half of a pair.
      if (text[at] === "\r" && at + 1 === text.length) break;
      take(text.slice(start, at), events);
      start = text[at] === "\r" && text[at + 1] === "\n" ? at + 2 : at + 1;
    }
    rest = text.slice(start);
    if (rest.length > EVENT_LENGTH_MAX) {
      // A line without an end: what belongs to it is not kept, and the event is over the bound.
      length = EVENT_LENGTH_MAX + 1;
      rest = "data:";
    }
    return events;
  };
}

function nextEnd(text: string, from: number): number {
  const feed = text.indexOf("\n", from);
  const carriage = text.indexOf("\r", from);
  if (feed < 0 || carriage < 0) return Math.max(feed, carriage);
  return Math.min(feed, carriage);
}
