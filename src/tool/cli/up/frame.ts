import type { State } from "../../run/index.ts";
import type { Row } from "../board.ts";
import type { Paint } from "../paint.ts";
import { cut, padEnd, widthOf } from "../text.ts";
import { count, duration, listed, stateSentence } from "../words.ts";
import { tailLines } from "./announcer.ts";

/** How a frame is drawn. */
export interface FrameOptions {
  readonly nowMs: number;
  readonly columns: number;
  /** The lines that fit on the screen. */
  readonly rows: number;
  readonly paint: Paint;
  readonly colour: boolean;
  /** Counts up with time, so that what is under way moves. */
  readonly tick: number;
}

const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;
/** A start that takes longer is worth its seconds on the screen. */
const SLOW_MS = 1_000;
const TAIL_SHOWN = 3;

/** The processes of a system that comes up, a line each; of one that failed, its last log lines too. */
export function startingFrame(rows: readonly Row[], options: FrameOptions): string[] {
  const { columns, paint, colour } = options;
  const names = Math.max(0, ...rows.map((row) => widthOf(row.replica)));
  const kinds = Math.max(0, ...rows.map((row) => row.kind.length));
  const lines = fitting(rows, options.rows).flatMap((row) => {
    const head = `  ${mark(row.state, options)} ${paint("bold", padEnd(row.replica, names))}  ${paint("dim", row.kind.padEnd(kinds))}`;
    const line = `${head}  ${sentence(row, options)}`;
    return row.state.is === "failed" || row.state.is === "gave-up"
      ? [line, ...tailLines(row.tail.slice(-TAIL_SHOWN), paint, colour)]
      : [line];
  });
  const left = rows.length - fitting(rows, options.rows).length;
  if (left > 0)
    lines.push(`  ${paint("dim", `and ${count(left, "process")} that ${left === 1 ? "is" : "are"} ready`)}`);
  return lines.slice(0, options.rows).map((line) => cut(line, columns));
}

/** The line of a system that stops: whom it still waits for. */
export function stoppingFrame(rows: readonly Row[], { columns, paint, tick }: FrameOptions): string[] {
  const left = rows.filter((row) => row.state.is === "stopping").map((row) => row.replica);
  const text = left.length === 0 ? "stopping" : `stopping: waiting for ${listed(left)} to end`;
  return [cut(`  ${paint("cyan", SPINNER[tick % SPINNER.length] ?? "")} ${text}`, columns)];
}

/** Where a screen has too few lines, those that are ready make room. */
function fitting(rows: readonly Row[], lines: number): readonly Row[] {
  if (rows.length < lines) return rows;
  return rows.filter((row) => row.state.is !== "ready" && row.state.is !== "done");
}

function sentence(row: Row, { nowMs, paint }: FrameOptions): string {
  const { state } = row;
  switch (state.is) {
    case "ready":
    case "done":
      return row.tookMs === undefined ? state.is : `${state.is} after ${duration(row.tookMs)}`;
    case "failed":
      return paint("red", stateSentence(state, nowMs - row.sinceMs));
    case "gave-up":
      return `${paint("red", stateSentence(state))}; when it is mended: trestle restart ${row.part}`;
    case "starting": {
      const forMs = nowMs - row.startedMs;
      return (
        stateSentence(state) + (forMs >= SLOW_MS ? paint("dim", ` (${Math.floor(forMs / 1000)} s)`) : "")
      );
    }
    default:
      return paint("dim", stateSentence(state));
  }
}

function mark(state: State, { paint, tick }: FrameOptions): string {
  switch (state.is) {
    case "ready":
    case "done":
      return paint("green", "✔");
    case "failed":
    case "gave-up":
      return paint("red", "✖");
    case "starting":
    case "stopping":
      return paint("cyan", SPINNER[tick % SPINNER.length] ?? "");
    default:
      return paint("dim", "·");
  }
}
