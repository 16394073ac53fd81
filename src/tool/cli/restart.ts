import { resolve } from "node:path";
import { findRunning } from "../run/index.ts";
import { boardOfSnapshot } from "./board.ts";
import { paintOf } from "./paint.ts";
import { checkParts, partNames, withEvents } from "./running.ts";
import type { Terminal } from "./terminal.ts";
import { Announcer } from "./up/announcer.ts";
import { duration, listed } from "./words.ts";

export interface RestartOptions {
  /** None: every service, one after the other. */
  readonly parts: readonly string[];
  readonly file: string;
  readonly json: boolean;
}

/** Starts parts anew, and returns once they serve. Services are replaced replica by replica, without a failed request. */
export async function restart({ parts, file, json }: RestartOptions, terminal: Terminal): Promise<void> {
  const { out, clock } = terminal;
  const control = await findRunning(resolve(terminal.folder, file));
  const snapshot = await control.snapshot();
  checkParts(snapshot.system, parts, partNames(snapshot));
  const services = snapshot.parts.filter(({ kind, external }) => kind === "service" && !external);
  const chosen = parts.length > 0 ? [...new Set(parts)] : services.map(({ name }) => name);
  const board = boardOfSnapshot(snapshot);
  const announcer = new Announcer(paintOf(out), out.colour);
  const startMs = clock.monotonicMs();
  await withEvents(
    { control, clock },
    (event) => {
      const row = board.apply(event);
      if (json || (event.type === "part" && !chosen.includes(event.part))) return;
      for (const line of announcer.tell(event, row, { steps: true })) out.write(`${line}\n`);
    },
    async () => {
      for (const part of chosen) await control.restart(part);
    },
  );
  const tookMs = Math.round(clock.monotonicMs() - startMs);
  out.write(
    json
      ? `${JSON.stringify({ restarted: chosen, tookMs })}\n`
      : chosen.length === 0
        ? `${snapshot.system} has no service to restart; name a part: ${partNames(snapshot).join(", ")}\n`
        : `${listed(chosen)} restarted in ${duration(tookMs)}\n`,
  );
}
