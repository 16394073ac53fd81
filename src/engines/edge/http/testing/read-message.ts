/** A message as somebody has read it. One character per byte throughout. */
export interface ReadMessage {
  /** Method and target, or status. */
  readonly start: string;
  /** Names and values in turn. */
  readonly fields: readonly string[];
  body: string;
  /** Names and values in turn. */
  trailers: readonly string[];
  /** Whether its end has come. */
  isWhole: boolean;
}

/** What somebody has read of the bytes of a connection. */
export interface Reading {
  readonly messages: ReadMessage[];
  /**
   * `open`: would read more. `refused`: has found fault with what follows the last message that is whole. `done`: means to read no
   * more, whatever may follow.
   */
  state: "open" | "refused" | "done";
  /** How many bytes there are to the end of the last message that is whole; undefined where that cannot be told. */
  wholeBytes?: number;
}

/** The part of a reading that holds whatever follows it. */
export function wholePart({ messages }: Reading): Reading {
  return { messages: messages.filter(({ isWhole }) => isWhole), state: "open" };
}

/** What is compared of two readings besides where messages end. */
export interface Comparison {
  /** Whether the other one tells of messages whose end has not come. */
  readonly tellsParts: boolean;
  /** Fields in the form in which both have them. */
  readonly fieldsOf: (message: ReadMessage) => readonly string[];
  readonly trailersOf: (message: ReadMessage) => readonly string[];
}

/**
 * Where two readings of the same bytes part, in words; undefined when they do not. `ours` is the one that has to be right: whoever
 * else refuses what it reads is only stricter, and what it refuses itself is nobody's affair.
 */
export function difference(ours: Reading, theirs: Reading, comparison: Comparison): string | undefined {
  for (const [at, mine] of ours.messages.entries()) {
    const other = theirs.messages[at];
    if (!mine.isWhole && !comparison.tellsParts) break;
    if (!other || (mine.isWhole && !other.isWhole)) {
      if (theirs.state === "refused") return undefined;
      return `message ${at} is ${mine.isWhole ? "whole" : "here"} to us, and not to them`;
    }
    if (other.isWhole && !mine.isWhole) return `message ${at} is whole to them, and not to us`;
    const what = partOf(mine, other, comparison);
    if (what) return `message ${at} has another ${what}`;
  }
  if (ours.state !== "open" || theirs.messages.length <= ours.messages.length) return undefined;
  return `they read ${theirs.messages.length} messages, and we ${ours.messages.length}`;
}

function partOf(mine: ReadMessage, other: ReadMessage, comparison: Comparison): string | undefined {
  if (mine.start !== other.start) return `start: ${mine.start} to us, ${other.start} to them`;
  const [ourFields, theirFields] = [comparison.fieldsOf(mine), comparison.fieldsOf(other)].map((fields) =>
    JSON.stringify(fields),
  );
  if (ourFields !== theirFields) return `head: ${ourFields} to us, ${theirFields} to them`;
  if (!mine.isWhole) return undefined;
  if (mine.body !== other.body) return `body: ${JSON.stringify([mine.body, other.body])}`;
  const [ours, theirs] = [comparison.trailersOf(mine), comparison.trailersOf(other)].map((fields) =>
    JSON.stringify(fields),
  );
  return ours === theirs ? undefined : `trailer section: ${ours} to us, ${theirs} to them`;
}
