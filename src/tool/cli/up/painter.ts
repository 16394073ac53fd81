import type { Output } from "../terminal.ts";
import { widthOf } from "../text.ts";

/** Draws lines at the bottom of a terminal, again and again in the same place. Each change is one write. */
export class Painter {
  readonly #output: Output;
  #lines: readonly string[] = [];

  constructor(output: Output) {
    this.#output = output;
  }

  /** Draws these lines in place of the former ones. */
  draw(lines: readonly string[]): void {
    const up = this.#erasing();
    this.#lines = lines;
    this.#output.write(up + text(lines));
  }

  /** Writes lines that stay, above the drawn ones. */
  above(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#output.write(this.#erasing() + text(lines) + text(this.#lines));
  }

  /** Leaves the drawn lines where they are; what is drawn next starts below. */
  leave(): void {
    this.#lines = [];
  }

  /** Takes the drawn lines away. */
  clear(): void {
    this.draw([]);
  }

  /** Up to the first drawn line, and everything below it gone. A narrower window has broken long lines into several. */
  #erasing(): string {
    const columns = Math.max(1, this.#output.columns);
    const height = this.#lines.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)),
      0,
    );
    return height === 0 ? "" : `\x1b[${height}A\r\x1b[J`;
  }
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
