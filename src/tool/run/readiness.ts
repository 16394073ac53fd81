import { connect } from "node:net";
import { codeOf } from "../../blocks/errors/index.ts";
import { request } from "../../blocks/node/index.ts";
import type { Clock } from "../../blocks/time/index.ts";
import type { HealthModel } from "../design/upstream-model.ts";

/** What to wait for, and what is told meanwhile. */
export interface ReadinessOptions {
  readonly port: number;
  /** Without one an open port is enough. */
  readonly health?: HealthModel;
  readonly clock: Clock;
  /** Ends the wait: the process died, the time is up, or the system stops. */
  readonly signal: AbortSignal;
  /** Told what is still missing, in words, whenever that changes. */
  readonly onMissing: (what: string) => void;
}

/** Servers that listen on `localhost` may have chosen either loopback address. */
const LOOPBACK = ["127.0.0.1", "::1"] as const;
const PROBE_TIMEOUT_MS = 1_000;

/**
 * Waits until a process serves: first its port is open, then its health path answers as it should. Resolves with its address. One that
 * takes no connections serves at once, for all that can be known.
 */
export async function untilServing(options: ReadinessOptions): Promise<string> {
  const { port, health, clock, signal } = options;
  if (health?.kind === "process") return LOOPBACK[0];
  let told = "";
  const missing = (what: string) => {
    if (what !== told) options.onMissing(what);
    told = what;
  };
  missing(`port ${port} to open`);
  // Dense at first, since most processes are up in a fraction of a second; then sparing.
  for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 1.2, 250)) {
    for (const host of LOOPBACK) {
      if (!(await isOpen(host, port))) continue;
      if (health?.kind !== "http") return host;
      const { path, statuses } = health;
      const answer = await statusOf(host, port, path, health.host);
      if (typeof answer === "number" && (statuses?.includes(answer) ?? (answer >= 200 && answer < 300)))
        return host;
      const wanted = statuses ? `answer ${statuses.join(" or ")}` : "answer 2xx";
      missing(`GET ${path} to ${wanted} (now ${typeof answer === "number" ? answer : `it ${answer}`})`);
    }
    await clock.sleep(pauseMs, { signal });
  }
}

/** Whether something accepts connections there. */
export function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const answer = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.setTimeout(PROBE_TIMEOUT_MS, () => answer(false));
    socket.once("connect", () => answer(true));
    socket.once("error", () => answer(false));
  });
}

function statusOf(
  host: string,
  port: number,
  path: string,
  asked: string | undefined,
): Promise<number | string> {
  const headers = { "user-agent": "trestle-health", ...(asked === undefined ? {} : { host: asked }) };
  return new Promise((resolve) => {
    const probe = request({ host, port, path, agent: false, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? "gives no status");
    });
    probe.setTimeout(PROBE_TIMEOUT_MS, () => probe.destroy(new Error("timeout")));
    probe.once("error", (thrown) => {
      resolve(
        codeOf(thrown) === undefined
          ? `gives no answer in ${PROBE_TIMEOUT_MS} ms`
          : `fails with ${codeOf(thrown)}`,
      );
    });
    probe.end();
  });
}
