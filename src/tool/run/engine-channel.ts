import type { Child } from "./child.ts";

/** Sends an engine its options and resolves with the port on which it listens. Rejects with what hinders it. */
export function startOverChannel(child: Child, options: object, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const end = child.onMessage((message) => {
      if (!isReport(message)) return;
      if (message.type === "listening") done(() => resolve(Number(message.port)));
      if (message.type === "failed") done(() => reject(new Error(`cannot start: ${message.message}`)));
    });
    const onAbort = () => done(() => reject(signal.reason));
    const done = (settle: () => void) => {
      end();
      signal.removeEventListener("abort", onAbort);
      settle();
    };
    signal.addEventListener("abort", onAbort, { once: true });
    child.send({ type: "start", options });
  });
}

/** Whether a message of an engine has the shape of one. */
export function isReport(message: unknown): message is { type: string } & Record<string, unknown> {
  return (
    typeof message === "object" && message !== null && "type" in message && typeof message.type === "string"
  );
}
