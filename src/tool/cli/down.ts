import { resolve } from "node:path";
import { stoppingBoard } from "./board.ts";
import { runningOrNone, withEvents } from "./running.ts";
import { at } from "./shown-path.ts";
import type { Terminal } from "./terminal.ts";
import { LineScreen } from "./up/line-screen.ts";
import { LiveScreen } from "./up/live-screen.ts";
import { canRedraw } from "./up/screen.ts";
import { duration } from "./words.ts";

export interface DownOptions {
  readonly file: string;
  readonly json: boolean;
}

/** Stops a running system in order, and returns once its last process has ended. That nothing runs is what was asked for. */
export async function down({ file, json }: DownOptions, terminal: Terminal): Promise<void> {
  const { out, clock } = terminal;
  const path = resolve(terminal.folder, file);
  const control = await runningOrNone(path);
  if (!control) {
    out.write(
      json ? `${JSON.stringify({ stopped: false })}\n` : `Nothing runs ${at(terminal.folder, path)}.\n`,
    );
    return;
  }
  const snapshot = await control.snapshot();
  const startMs = clock.monotonicMs();
  const Screen = canRedraw(terminal) ? LiveScreen : LineScreen;
  const screen = json
    ? undefined
    : new Screen({
        out,
        clock,
        board: stoppingBoard(snapshot, clock.wallMs()),
        title: `stopping ${snapshot.system}`,
        phase: "stopping",
        goesOn: "",
        logs: false,
      });
  try {
    await withEvents(
      { control, clock },
      (event) => screen?.event(event),
      () => control.down(),
    );
  } finally {
    screen?.close();
  }
  const tookMs = Math.round(clock.monotonicMs() - startMs);
  out.write(
    json
      ? `${JSON.stringify({ stopped: true, system: snapshot.system, tookMs })}\n`
      : `${snapshot.system} stopped in ${duration(tookMs)}.\n`,
  );
}
