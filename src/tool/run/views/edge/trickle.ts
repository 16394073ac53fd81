import { request } from "../../../../blocks/node/index.ts";
import type { Clock } from "../../../../blocks/time/index.ts";

/** A steady, small stream of requests. */
export interface Trickle {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  readonly path: string;
  readonly perSecond: number;
  readonly seconds: number;
  readonly clock: Clock;
}

/** An answer that takes longer is given up. */
const TIMEOUT_MS = 5_000;

/** Sends them, each at its time whatever became of those before, and looks at no answer: what became of them is measured elsewhere. */
export function trickle({ url, path, perSecond, seconds, clock }: Trickle): void {
  const { hostname, port } = new URL(url);
  const startMs = clock.monotonicMs();
  let sent = 0;
  const send = () => {
    const call = request({ host: hostname, port, path, timeout: TIMEOUT_MS }, (response) =>
      response.resume(),
    );
    call.on("timeout", () => call.destroy());
    call.on("error", () => {});
    call.end();
    sent++;
    if (sent >= perSecond * seconds) return;
    const dueMs = startMs + (sent * 1_000) / perSecond;
    clock.setTimer(Math.max(1, dueMs - clock.monotonicMs()), send);
  };
  send();
}
