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
}

/** Hears of wishes to end until the function returned is called. */
export function onEndWish(terminal: Terminal, { onFirst, onSecond }: EndWishes): () => void {
  let firstMs: number | undefined;
  let wasSecond = false;
  const heard = (why: EndSignal | "output closed") => {
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
