import type { RunEvent } from "../../run/index.ts";
import { LogFormat } from "../log-format.ts";
import { type Paint, paintOf } from "../paint.ts";
import { Announcer } from "./announcer.ts";
import type { PeopleScreenOptions } from "./live-screen.ts";
import type { Screen } from "./screen.ts";
import { type Summary, summaryLines } from "./summary.ts";

/** Plain lines, one a change: for files, pipes and terminals that cannot redraw. */
export class LineScreen implements Screen {
  readonly #options: PeopleScreenOptions;
  readonly #paint: Paint;
  readonly #announcer: Announcer;
  readonly #logs: LogFormat;
  /** The title comes with the first line: an error that prevents even the first one says all there is to say. */
  #begun = false;
  #wasReady = false;
  #stopping: boolean;

  constructor(options: PeopleScreenOptions) {
    this.#options = options;
    this.#stopping = options.phase === "stopping";
    this.#paint = paintOf(options.out);
    this.#announcer = new Announcer(this.#paint, options.out.colour);
    this.#logs = new LogFormat(options.out);
  }

  event(event: RunEvent): void {
    const row = this.#options.board.apply(event);
    if (event.type === "log") {
      if (this.#options.logs) this.#write([this.#logs.line(event)]);
      return;
    }
    if (event.type === "system" && event.state === "stopping") this.#stopping = true;
    this.#write(this.#announcer.tell(event, row, { steps: !this.#wasReady || this.#stopping }));
  }

  ready(summary: Summary): void {
    this.#wasReady = true;
    this.#write([...summaryLines(summary, this.#paint, this.#options.goesOn), ""]);
  }

  remark(text: string): void {
    this.#write([text]);
  }

  close(): void {}

  #write(lines: readonly string[]): void {
    if (lines.length === 0) return;
    const all = this.#begun ? lines : [this.#options.title, ...lines];
    this.#begun = true;
    this.#options.out.write(all.map((line) => `${line}\n`).join(""));
  }
}
