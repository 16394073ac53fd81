import type { Clock } from "../../../blocks/time/index.ts";
import type { RunEvent, SystemSnapshot } from "../../run/index.ts";
import type { Output } from "../terminal.ts";
import type { Screen } from "./screen.ts";
import type { Summary } from "./summary.ts";

/** One JSON object a line: every event as it is, and once the system is ready `{ type: "ready", tookMs, snapshot }`. */
export class JsonScreen implements Screen {
  readonly #out: Output;
  readonly #clock: Clock;
  readonly #logs: boolean;

  constructor(options: { out: Output; clock: Clock; logs: boolean }) {
    this.#out = options.out;
    this.#clock = options.clock;
    this.#logs = options.logs;
  }

  event(event: RunEvent): void {
    if (event.type !== "log" || this.#logs) this.#write(event);
  }

  ready(summary: Summary, snapshot: SystemSnapshot): void {
    this.#write({
      timeMs: this.#clock.wallMs(),
      type: "ready",
      tookMs: Math.round(summary.tookMs),
      snapshot,
    });
  }

  remark(): void {}

  close(): void {}

  #write(value: object): void {
    this.#out.write(`${JSON.stringify(value)}\n`);
  }
}
