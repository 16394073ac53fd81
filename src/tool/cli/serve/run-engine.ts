import type { Timer } from "../../../blocks/time/index.ts";
import type { RunningEngine } from "../../../engines/process.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../failure.ts";
import { onEndWish } from "../interrupts.ts";
import { paintOf } from "../paint.ts";
import type { Terminal } from "../terminal.ts";

/** An engine that runs in this process, and what to say of it. */
export interface Served {
  readonly engine: RunningEngine;
  /** `cache`, `sql`, `edge`. */
  readonly name: string;
  /** Where it is reached, password included. */
  readonly url: string;
  /** All addresses, where there is more than one kind of them. */
  readonly addresses?: readonly Address[];
  /** Commands to try now. */
  readonly tries: readonly string[];
  /** Resolves, with the reason, when the engine ends by itself. */
  readonly ended?: Promise<string>;
  /** Resolves once it has ended in order, because somebody else asked for that. */
  readonly left?: Promise<unknown>;
  /** Takes what it was started from into account anew. With it, SIGHUP asks for that, and not for the end. */
  readonly reload?: () => void;
}

/** Where an engine is reached, and what is spoken there. */
export interface Address {
  /** `http`, `tcp`, `admin`. */
  readonly kind: string;
  readonly url: string;
}

/** After which one who pressed Ctrl-C is told why nothing happens; from then on a second one counts. */
const WONDER_MS = 500;

/** Starts an engine; gives up when the signal aborts. */
export type StartEngine = (signal: AbortSignal) => Promise<Served>;

/**
 * Starts an engine, says where it is reached, and runs it until a signal; a second signal does not wait for what is under
 * way. Throws what the start throws, and `ENGINE_ENDED` when the engine ends by itself.
 */
export async function runEngine(
  start: StartEngine,
  { json }: { json: boolean },
  terminal: Terminal,
): Promise<number> {
  const asked = new AbortController();
  const hurried = Promise.withResolvers<"hurried">();
  let reload: (() => void) | undefined;
  let waiting: Timer | undefined;
  const forget = onEndWish(terminal, {
    onHangup: () => {
      reload?.();
      return reload !== undefined;
    },
    onFirst: () => asked.abort(),
    onSecond: () => hurried.resolve("hurried"),
  });
  try {
    const served = await start(asked.signal);
    reload = served.reload;
    if (!asked.signal.aborted) {
      terminal.out.write(json ? announcement(served) : text(served, terminal));
    }
    const reason = await Promise.race([
      aborted(asked.signal),
      ...(served.left ? [served.left.then(() => undefined)] : []),
      ...(served.ended ? [served.ended] : []),
    ]);
    if (reason !== undefined) {
      throw new CliError("ENGINE_ENDED", `the ${served.name} engine ended by itself: it ${reason}`);
    }
    // Most ends are over before anyone wonders.
    waiting = terminal.clock.setTimer(WONDER_MS, () => {
      if (!json) terminal.err.write("Finishing what is under way. Ctrl-C again does not wait for it.\n");
    });
    const closed = await Promise.race([served.engine.close(), hurried.promise]);
    return closed === "hurried" ? EXIT.failed : EXIT.holds;
  } catch (thrown) {
    if (asked.signal.aborted && thrown === asked.signal.reason) return EXIT.failed;
    throw thrown;
  } finally {
    waiting?.cancel();
    forget();
  }
}

function announcement({ name, url, addresses }: Served): string {
  return `${JSON.stringify({ type: "serving", engine: name, url, ...(addresses ? { addresses } : {}) })}\n`;
}

function text({ name, url, addresses = [], tries, reload }: Served, { out }: Terminal): string {
  const paint = paintOf(out);
  // One address alone stands in the first line.
  const listed = addresses.length > 1 ? addresses : [];
  const width = Math.max(3, ...listed.map(({ kind }) => kind.length));
  const lines = [
    `${paint("green", "Serving")} ${name} at ${paint("cyan", url)}`,
    ...listed.map((one) => `  ${one.kind.padEnd(width)}  ${paint("cyan", one.url)}`),
    ...tries.map((line) => `  ${"try".padEnd(width)}  ${line}`),
    reload ? "Ctrl-C stops it; SIGHUP has it read its configuration again." : "Ctrl-C stops it.",
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}
