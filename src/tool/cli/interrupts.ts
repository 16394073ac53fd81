import type { EndSignal, Terminal } from "./terminal.ts";

/**
 * A signal that follows its like this quickly is the same Ctrl-C: a terminal sends it to every process of the foreground,
 * and `npm` and the starter of another Node pass their own on as well.
 */
const ECHO_MS = 500;

/** What to do when the user wants the end. */
export interface EndWishes {
  /** The first signal, or the reader of the output has gone. */
  readonly onFirst: (why: EndSignal | "output closed") => void;
  /** Another signal, from one who does not want to wait. */
  readonly onSecond: () => void;
  /** SIGHUP came: whether that is a wish for something else, and no wish to end. Default: it is one to end. */
  readonly onHangup?: () => boolean;
}

/** Hears of wishes to end until the function returned is called. */
export function onEndWish(terminal: Terminal, { onFirst, onSecond, onHangup }: EndWishes): () => void {
  let firstMs: number | undefined;
  let wasSecond = false;
  const heard = (why: EndSignal | "output closed") => {
    if (why === "SIGHUP" && firstMs === undefined && onHangup?.()) return;
    const nowMs = terminal.clock.monotonicMs();
    if (firstMs === undefined) {
      firstMs = nowMs;
      onFirst(why);
    } else if (!wasSecond && why !== "output closed" && nowMs - firstMs >= ECHO_MS) {
      wasSecond = true;
      onSecond();
    }
  };
  const closed = () => heard("output closed");
  terminal.outClosed.addEventListener("abort", closed, { once: true });
  const forget = terminal.onSignal(heard);
  return () => {
    terminal.outClosed.removeEventListener("abort", closed);
    forget();
  };
}
