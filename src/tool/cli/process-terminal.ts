import type { WriteStream } from "node:tty";
import { codeOf } from "../../blocks/errors/index.ts";
import { systemClock } from "../../blocks/time/index.ts";
import type { EndSignal, Output, Terminal } from "./terminal.ts";
import { wantsColour } from "./wants-colour.ts";

const END_SIGNALS: readonly EndSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** The terminal, pipes and signals of this process. */
export function processTerminal(): Terminal {
  const gone = new AbortController();
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (thrown) => {
      // The reader has what it wanted. Anything else, such as a full disk, leaves nothing sensible to do but to end.
      if (codeOf(thrown) !== "EPIPE" && codeOf(thrown) !== "EIO") process.exitCode = 1;
      if (stream === process.stdout) gone.abort();
    });
  }
  return {
    out: outputOf(process.stdout),
    err: outputOf(process.stderr),
    environment: process.env,
    folder: process.cwd(),
    clock: systemClock,
    outClosed: gone.signal,
    onSignal(listener) {
      const listeners = END_SIGNALS.map((signal) => [signal, () => listener(signal)] as const);
      for (const [signal, heard] of listeners) process.on(signal, heard);
      return () => {
        for (const [signal, heard] of listeners) process.off(signal, heard);
      };
    },
  };
}

function outputOf(stream: WriteStream): Output {
  const isTerminal = stream.isTTY === true;
  return {
    isTerminal,
    colour: wantsColour(process.env, isTerminal),
    get columns() {
      return stream.columns ?? 80;
    },
    get rows() {
      return stream.rows ?? 24;
    },
    write: (text) => void stream.write(text),
  };
}
