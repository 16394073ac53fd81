import { resolve } from "node:path";
import { systemRandom } from "../../../blocks/time/index.ts";
import { consolePage } from "../../console/index.ts";
import { type LoadedDesign, loadDesign } from "../../design/index.ts";
import { type RunningSystem, startSystem } from "../../run/index.ts";
import { boardOfModel } from "../board.ts";
import { onEndWish } from "../interrupts.ts";
import { paintOf } from "../paint.ts";
import { shownPath } from "../shown-path.ts";
import type { Terminal } from "../terminal.ts";
import { count } from "../words.ts";
import { JsonScreen } from "./json-screen.ts";
import { LineScreen } from "./line-screen.ts";
import { LiveScreen } from "./live-screen.ts";
import { canRedraw, type Screen } from "./screen.ts";
import { summaryOf } from "./summary.ts";

export interface UpOptions {
  readonly file: string;
  readonly watch: boolean;
  readonly logs: boolean;
  readonly json: boolean;
  /** What the run is called. */
  readonly label?: string;
}

/**
 * Runs a design in this process until a signal or `down` ends it. The exit code is 0 when every part has been ready at
 * once and the system was stopped in order, and 1 when it never was ready or was ended at once by a second signal.
 */
export async function up(options: UpOptions, terminal: Terminal): Promise<number> {
  const startMs = terminal.clock.monotonicMs();
  const design = await loadDesign(resolve(terminal.folder, options.file), {
    environment: terminal.environment,
  });
  const screen = screenFor(design, options, terminal);
  const { watch, label } = options;
  return await runUntilEnd(
    { design, watch, screen, startMs, ...(label === undefined ? {} : { label }) },
    terminal,
  );
}

/** What a run needs besides its design. */
export interface Run {
  readonly design: LoadedDesign;
  readonly watch: boolean;
  readonly label?: string;
  readonly screen: Screen;
  /** When the user asked for it, on the monotonic clock. */
  readonly startMs: number;
}

/** What is said at the first wish to end. */
export function stoppingRemark({ out }: Pick<Terminal, "out">): string {
  return out.isTerminal ? "Stopping. Ctrl-C again ends everything at once." : "Stopping.";
}

/** Starts a design, shows what happens, and ends it when asked. Returns the exit code. */
export async function runUntilEnd(run: Run, terminal: Terminal): Promise<number> {
  const { design, watch, label, screen, startMs } = run;
  const { clock, environment } = terminal;
  const starting = startSystem({
    design,
    clock,
    random: systemRandom,
    environment,
    watch,
    ...(label === undefined ? {} : { label }),
    page: consolePage(),
    onEvent: (event) => screen.event(event),
  });
  let killed = false;
  // From the first moment on: a system that is still starting is stopped in order, too.
  const forget = onEndWish(terminal, {
    onFirst: () => {
      screen.remark(stoppingRemark(terminal));
      starting.then((running) => running.stop()).catch(() => {});
    },
    onSecond: () => {
      killed = true;
      starting.then((running) => running.kill()).catch(() => {});
    },
  });
  try {
    const running = await starting;
    const wasReady = showWhenReady(running, run, () => clock.monotonicMs() - startMs);
    await running.ended;
    screen.close();
    if (killed) screen.remark(`${design.model.name} was ended at once.`);
    else screen.remark(`${design.model.name} stopped.`);
    return wasReady() && !killed ? 0 : 1;
  } finally {
    forget();
    screen.close();
  }
}

/** Shows the summary once the system is ready; the function returned says whether it has been. */
function showWhenReady(
  running: RunningSystem,
  { design, screen }: Run,
  elapsedMs: () => number,
): () => boolean {
  let was = false;
  void running.ready.then(() => {
    was = true;
    const snapshot = running.snapshot();
    screen.ready(summaryOf(design.model, snapshot, elapsedMs(), running.console), snapshot);
  });
  return () => was;
}

/** The screen that suits where the output goes. */
export function screenFor(
  design: LoadedDesign,
  options: Pick<UpOptions, "json" | "logs"> & { readonly detached?: boolean },
  terminal: Terminal,
): Screen {
  const { out, clock, folder } = terminal;
  const { json, logs } = options;
  if (json) return new JsonScreen({ out, clock, logs });
  const board = boardOfModel(design.model, clock.wallMs());
  const Screen = canRedraw(terminal) ? LiveScreen : LineScreen;
  const name = paintOf(out)("bold", design.model.name);
  return new Screen({
    out,
    clock,
    board,
    title: `${name}: starting ${count(board.rows.length, "process")} (${shownPath(folder, design.file)})`,
    phase: "starting",
    goesOn: options.detached ? "It goes on in the background: `trestle down` stops it." : "Ctrl-C stops it.",
    logs,
  });
}
