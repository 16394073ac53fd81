import type { RunEvent } from "../run/index.ts";
import { type Paint, paintOf, partColours, type Style } from "./paint.ts";
import type { Output } from "./terminal.ts";
import { harmless, padEnd, widthOf } from "./text.ts";
import { timeOfDay } from "./words.ts";

/** Shows log lines of several processes so that each can be told from the others: its name in its part's colour. */
export class LogFormat {
  readonly #paint: Paint;
  readonly #colour: boolean;
  readonly #colourOf: (part: string) => Style = partColours();
  #width: number;

  /** `names`, where they are known beforehand, line up from the first line on. */
  constructor(output: Pick<Output, "colour">, names: readonly string[] = []) {
    this.#paint = paintOf(output);
    this.#colour = output.colour;
    this.#width = Math.max(0, ...names.map(widthOf));
  }

  line({ timeMs, part, replica, stream, text }: RunEvent & { type: "log" }): string {
    this.#width = Math.max(this.#width, widthOf(replica));
    const name = this.#paint(this.#colourOf(part), padEnd(replica, this.#width));
    const said = harmless(text, this.#colour);
    // What Trestle says in a log is not what the process wrote.
    const shown = stream === "trestle" ? this.#paint("yellow", said) : said;
    return `${this.#paint("dim", timeOfDay(timeMs))} ${name} ${this.#paint("dim", "│")} ${shown}`.trimEnd();
  }
}
