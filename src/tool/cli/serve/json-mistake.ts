import { messageOf } from "../../../blocks/errors/index.ts";

/** Where a text stops being JSON, both counted from 1, and what is wrong there, as a sentence without its full stop. */
export interface JsonMistake {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/**
 * The first mistake of a text that `JSON.parse` refuses. What V8 says of one has no position in many cases, and quotes across
 * lines; but of a text that is cut short before its mistake, V8 never says more than that it ends too early. Pure.
 */
export function jsonMistakeIn(text: string): JsonMistake {
  let [good, bad] = [0, text.length + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (isBeginning(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  const lines = text.slice(0, good).split("\n");
  const character = text.at(good);
  const message =
    character === undefined ? "it ends too early" : `${JSON.stringify(character)} is not expected here`;
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1, message };
}

/** Whether JSON could go on from here. */
function isBeginning(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (thrown) {
    const said = messageOf(thrown);
    const at = / at position (\d+)/.exec(said)?.[1];
    return at === undefined ? said === "Unexpected end of JSON input" : Number(at) >= text.length;
  }
}
