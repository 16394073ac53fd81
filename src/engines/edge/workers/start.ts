import { randomBytes } from "node:crypto";
import type { Clock, Random } from "../../../blocks/time/index.ts";
import type { ReceivedSockets } from "./held-sockets.ts";
import type { EdgeStartOptions } from "./messages.ts";
import type { PrimaryOptions } from "./primary.ts";
import type { Serving } from "./serving.ts";

/** What an edge takes besides what it is told to do. */
export interface ServingOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Sockets that are bound already; those that are not used are closed. */
  readonly sockets: ReceivedSockets;
  /** Told of endpoints, of workers and of certificates. */
  readonly report: PrimaryOptions["report"];
}

/**
 * Starts an edge: in this process, or with more than one worker as the primary of other processes, which end when this one does. Throws
 * `EdgeError` (`INVALID_CONFIG`, `PORT_IN_USE`, `CANNOT_LISTEN`), or what else keeps a worker from starting, with nothing left behind.
 */
export async function startServing(start: EdgeStartOptions, options: ServingOptions): Promise<Serving> {
  const { config, secret } = start;
  // Neither loads what the other is made of: a primary serves nobody, and a worker starts no process.
  if ((config.workers ?? 1) > 1) {
    const { startPrimary } = await import("./primary.ts");
    return await startPrimary({
      ...options,
      config,
      secret: secret ?? randomBytes(SECRET_BYTES).toString("base64"),
    });
  }
  const { startSingle } = await import("./single.ts");
  return await startSingle({ ...options, config, secret });
}

const SECRET_BYTES = 32;
