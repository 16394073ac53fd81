import type { Clock, Timer } from "../../../blocks/time/index.ts";
import type { RunEvent } from "../../run/index.ts";
import type { Board } from "../board.ts";
import { LogFormat } from "../log-format.ts";
import { type Paint, paintOf } from "../paint.ts";
import type { Output } from "../terminal.ts";
import { Announcer } from "./announcer.ts";
import { startingFrame, stoppingFrame } from "./frame.ts";
import { Painter } from "./painter.ts";
import type { Screen } from "./screen.ts";
import { type Summary, summaryLines } from "./summary.ts";

/** What the two screens for people are told. */
export interface PeopleScreenOptions {
  readonly out: Output;
  readonly clock: Clock;
  readonly board: Board;
  /** The first line: what is started, and from where. */
  readonly title: string;
  /** What the system does when the screen begins. */
  readonly phase: "starting" | "stopping";
  /** How the system is ended, said once it is ready. */
  readonly goesOn: string;
  /** Whether log lines are shown. */
  readonly logs: boolean;
}

/** Often enough for the eye, seldom enough to cost nothing. */
const FRAME_MS = 100;

/** The live view of a terminal: a line a process while the system starts and stops, and news in between. */
export class LiveScreen implements Screen {
  readonly #options: PeopleScreenOptions;
  readonly #paint: Paint;
  readonly #painter: Painter;
  readonly #announcer: Announcer;
  readonly #logs: LogFormat;
  #phase: "starting" | "running" | "stopping" | "closed";
  #begun = false;
  #tick = 0;
  #timer: Timer | undefined;

  constructor(options: PeopleScreenOptions) {
    this.#options = options;
    this.#phase = options.phase;
    this.#paint = paintOf(options.out);
    this.#painter = new Painter(options.out);
    this.#announcer = new Announcer(this.#paint, options.out.colour);
    this.#logs = new LogFormat(options.out);
  }

  event(event: RunEvent): void {
    this.#begin();
    const row = this.#options.board.apply(event);
    if (event.type === "log") {
      if (this.#options.logs) this.#painter.above([this.#logs.line(event)]);
      return;
    }
    if (event.type === "system" && event.state === "stopping") this.#enter("stopping");
    // While a frame shows the states, only what it has no place for becomes a line.
    const isShown = event.type === "part" && this.#phase !== "running";
    const lines = this.#announcer.tell(event, row, { steps: false });
    if (!isShown) this.#painter.above(lines);
  }

  ready(summary: Summary): void {
    if (this.#phase !== "starting") return;
    this.#draw();
    this.#enter("running");
    this.#painter.leave();
    this.#painter.above([...summaryLines(summary, this.#paint, this.#options.goesOn), ""]);
  }

  remark(text: string): void {
    this.#begin();
    this.#painter.above([text]);
  }

  close(): void {
    if (this.#phase === "closed" || !this.#begun) return;
    if (this.#phase === "stopping") this.#painter.clear();
    else if (this.#phase === "starting") this.#draw();
    this.#enter("closed");
  }

  /** Nothing is shown of a system that could not even begin to start: then an error says all there is to say. */
  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#options.out.write(`${this.#options.title}\n\n`);
    this.#draw();
  }

  #enter(phase: "running" | "stopping" | "closed"): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#phase === "starting") this.#painter.leave();
    this.#phase = phase;
    if (phase === "stopping") this.#draw();
  }

  #draw(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const { out, board, clock } = this.#options;
    const frame = this.#phase === "stopping" ? stoppingFrame : startingFrame;
    this.#painter.draw(
      frame(board.rows, {
        nowMs: clock.wallMs(),
        columns: out.columns - 1,
        rows: Math.max(1, out.rows - 1),
        paint: this.#paint,
        colour: out.colour,
        tick: this.#tick++,
      }),
    );
    this.#timer = clock.setTimer(FRAME_MS, () => this.#draw());
  }
}
