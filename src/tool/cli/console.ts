import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { findRunning } from "../run/index.ts";
import type { Terminal } from "./terminal.ts";

export interface ConsoleOptions {
  readonly file: string;
  readonly json: boolean;
  readonly open: boolean;
}

/** Says where the console of a running system is. Throws `NOT_RUNNING`, `SEVERAL_RUNNING`. */
export async function showConsole({ file, json, open }: ConsoleOptions, terminal: Terminal): Promise<void> {
  const { console: url, folder } = await findRunning(resolve(terminal.folder, file));
  const opened = open && (await openInBrowser(leadTo(url, folder), terminal));
  terminal.out.write(json ? `${JSON.stringify({ console: url, opened })}\n` : `${url}\n`);
  if (open && !opened)
    terminal.err.write("No browser could be opened from here: follow the address above.\n");
}

/**
 * A file that leads to the console. Every user of the machine may read the arguments of a process, and so may not find the key
 * there: the file is its owner's alone, and goes with the system.
 */
function leadTo(url: string, stateFolder: string): string {
  const path = join(stateFolder, "console.html");
  rmSync(path, { force: true });
  writeFileSync(path, `<!doctype html><meta http-equiv="refresh" content="0;url=${url}">\n`, { mode: 0o600 });
  return pathToFileURL(path).href;
}

/** How long the program that opens browsers may take to say that it cannot. */
const OPENER_MS = 2_000;

/** Whether the desktop took the address. */
function openInBrowser(url: string, { environment, clock }: Terminal): Promise<boolean> {
  const command = process.platform === "darwin" ? "open" : "xdg-open";
  return new Promise((settle) => {
    const child = spawn(command, [url], { env: environment, stdio: "ignore", detached: true });
    const patience = clock.setTimer(OPENER_MS, () => settle(true));
    const done = (took: boolean) => {
      patience.cancel();
      settle(took);
    };
    child.once("error", () => done(false));
    child.once("exit", (code) => done(code === 0));
    child.unref();
  });
}
