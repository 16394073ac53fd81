import { codeOf, messageOf } from "../../../blocks/errors/index.ts";
import { failureOf } from "../upstream/upstream-failure.ts";
import type { CheckConnect, HealthCheck, Verdict } from "./verdict.ts";

/** Passes when a connection comes about; over TLS, when the handshake succeeds too. */
export function tcpCheck(connect: CheckConnect): HealthCheck {
  return (endpoint, signal) =>
    new Promise<Verdict>((resolve) => {
      const socket = connect(endpoint);
      const settle = (verdict: Verdict) => {
        signal.removeEventListener("abort", giveUp);
        resolve(verdict);
        socket.destroy();
      };
      const giveUp = () => settle({ passed: false, refused: false, reason: "the check was given up" });
      signal.addEventListener("abort", giveUp, { once: true });
      socket.once("encrypted" in socket ? "secureConnect" : "connect", () =>
        settle({ passed: true, refused: false, reason: "took a connection" }),
      );
      // After the verdict these settle nothing.
      socket.on("error", (error) => settle(failedConnection("connecting", error)));
      socket.on("close", () =>
        settle({ passed: false, refused: false, reason: "the connection ended before it stood" }),
      );
    });
}

/** The verdict on an endpoint whose connection has failed while it was asked `what`. */
export function failedConnection(what: string, error: unknown): Verdict {
  const code = codeOf(error);
  return {
    passed: false,
    refused: code === "ECONNREFUSED",
    ...(error instanceof Error && failureOf(error).kind === "shortage" ? { isVoid: true } : {}),
    reason: `${what} failed (${code ?? messageOf(error)})`,
  };
}
