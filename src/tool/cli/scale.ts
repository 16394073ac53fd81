import { resolve } from "node:path";
import { findRunning } from "../run/index.ts";
import { boardOfSnapshot } from "./board.ts";
import { paintOf } from "./paint.ts";
import { checkParts, partNames, withEvents } from "./running.ts";
import type { Terminal } from "./terminal.ts";
import { Announcer } from "./up/announcer.ts";
import { count, duration } from "./words.ts";

export interface ScaleOptions {
  readonly part: string;
  readonly replicas: number;
  readonly file: string;
  readonly json: boolean;
}

/** Changes the number of a service's replicas, and returns once all of them serve. */
export async function scale({ part, replicas, file, json }: ScaleOptions, terminal: Terminal): Promise<void> {
  const { out, clock } = terminal;
  const control = await findRunning(resolve(terminal.folder, file));
  const snapshot = await control.snapshot();
  checkParts(snapshot.system, [part], partNames(snapshot));
  const before = snapshot.parts.find(({ name }) => name === part)?.replicas.length ?? 0;
  const board = boardOfSnapshot(snapshot);
  const announcer = new Announcer(paintOf(out), out.colour);
  const startMs = clock.monotonicMs();
  await withEvents(
    { control, clock },
    (event) => {
      const row = board.apply(event);
      if (json || event.type !== "part" || event.part !== part) return;
      for (const line of announcer.tell(event, row, { steps: true })) out.write(`${line}\n`);
    },
    () => control.scale(part, replicas),
  );
  const tookMs = Math.round(clock.monotonicMs() - startMs);
  out.write(
    json
      ? `${JSON.stringify({ part, replicas, before, tookMs })}\n`
      : `${part} has ${count(replicas, "replica")} now, all ready (before: ${before}), after ${duration(tookMs)}\n`,
  );
}
