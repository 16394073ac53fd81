import { resolve } from "node:path";
import { codeOf, messageOf } from "../../../blocks/errors/index.ts";
import { loadDesign } from "../../design/index.ts";
import type { RunEvent, SystemSnapshot } from "../../run/index.ts";
import type { Terminal } from "../terminal.ts";
import type { Screen } from "./screen.ts";
import type { Summary } from "./summary.ts";
import { runUntilEnd } from "./up.ts";

/** What a supervisor in the background tells the command that started it, until that one has seen enough. */
export type Report =
  | { readonly type: "event"; readonly event: RunEvent }
  | { readonly type: "ready"; readonly summary: Summary; readonly snapshot: SystemSnapshot }
  | { readonly type: "failed"; readonly code?: string; readonly message: string };

/** The supervisor's side of `up --detach`: reports over Node's IPC channel for as long as it is open. */
export async function upReporting(
  { file, watch, label }: { readonly file: string; readonly watch: boolean; readonly label?: string },
  terminal: Terminal,
): Promise<number> {
  const startMs = terminal.clock.monotonicMs();
  try {
    const design = await loadDesign(resolve(terminal.folder, file), { environment: terminal.environment });
    const named = label === undefined ? {} : { label };
    return await runUntilEnd({ design, watch, ...named, screen: new ReportingScreen(), startMs }, terminal);
  } catch (thrown) {
    const code = codeOf(thrown);
    tell({ type: "failed", message: messageOf(thrown), ...(code === undefined ? {} : { code }) });
    return 1;
  } finally {
    if (process.connected) process.disconnect();
  }
}

class ReportingScreen implements Screen {
  event(event: RunEvent): void {
    tell({ type: "event", event });
  }

  ready(summary: Summary, snapshot: SystemSnapshot): void {
    tell({ type: "ready", summary, snapshot });
  }

  remark(): void {}

  close(): void {}
}

function tell(report: Report): void {
  // Whoever listened may be gone by now; the system goes on.
  if (process.connected) process.send?.(report, undefined, {}, () => {});
}
