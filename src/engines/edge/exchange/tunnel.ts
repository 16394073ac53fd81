import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { ByteFlow } from "../layer4/byte-flow.ts";
import type { LeasedReading } from "../layer4/leased-reading.ts";
import type { Watch, Watched } from "../watch.ts";
import { cutConnection } from "./cut-connection.ts";

/** Silence after which the kernel asks whether the other side is still there: tunnels have no idle timeout of their own. */
export const TUNNEL_KEEP_ALIVE_MS = 30_000;

/** A tunnel may be silent for as long as it likes; a side that takes nothing of what waits for it is ended after so long. */
const UNTAKEN_MS = 60_000;

/** Something long-lived that passes through an endpoint and has to be ended from outside. */
export interface Tunnel {
  /** Ends both sides: at once, or when what was written has been sent. */
  close(): void;
}

/** A tunnel of two connections. */
export interface OpenTunnel extends Tunnel {
  /** Passed on, so far, from the client to the upstream, and from the upstream to the client. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** How a tunnel ended: each side in its turn and in order; by a failed connection; by `close`. */
export type TunnelEnd = "ended" | "client-reset" | "upstream-reset" | "closed";

/** An upgrade that the client asks for: its connection has left the server already. */
export interface UpgradeRequest {
  readonly socket: Duplex;
  /** What the client sent behind its request. */
  readonly head: Buffer;
}

/** The two connections of a tunnel. */
export interface TunnelEnds {
  readonly client: Duplex;
  /** What the client has sent already. */
  readonly clientHead: Buffer;
  /** How the client's connection is read, if not as a stream. */
  readonly clientReading?: LeasedReading;
  readonly upstream: Socket;
  /** What the upstream has sent already. */
  readonly upstreamHead: Buffer;
  readonly upstreamReading?: LeasedReading;
  /**
   * Whether a connection that fails resets the other one, so that a stream that was broken off does not look whole. Default
   * false: the other side gets what was sent before, and an orderly end, as for protocols that know by themselves where they end.
   */
  readonly passesResets?: boolean;
  /** Ends a side that takes nothing, as it keeps the other one's bytes in memory. Default: whoever opens the tunnel sees to that. */
  readonly watch?: Watch;
  readonly onClosed: (end: TunnelEnd) => void;
}

/**
 * Joins two connections byte for byte, each no faster than the other takes it, until both are closed. The end of one direction is
 * passed on, and the other goes on, if the sockets allow half-open connections.
 */
export function openTunnel(ends: TunnelEnds): OpenTunnel {
  const { client, upstream, passesResets = false } = ends;
  upstream.setTimeout(0);
  upstream.setKeepAlive(true, TUNNEL_KEEP_ALIVE_MS);
  let open = 2;
  let end: TunnelEnd = "ended";
  const takers = ends.watch ? [new Taker(client), new Taker(upstream)] : [];
  for (const taker of takers) ends.watch?.add(taker);
  const follow = (side: Duplex, other: Duplex, reset: TunnelEnd) => {
    side.on("error", () => {
      if (end === "ended") end = reset;
    });
    side.once("close", () => {
      open -= 1;
      if (open === 0) {
        for (const taker of takers) ends.watch?.delete(taker);
        ends.clientReading?.close();
        ends.upstreamReading?.close();
        ends.onClosed(end);
      } else if (passesResets && end !== "ended") cutConnection(other);
      // Whatever way one side went, the other has nobody to talk to: what was sent before is sent to the end.
      else endSoon(other);
    });
  };
  follow(client, upstream, "client-reset");
  follow(upstream, client, "upstream-reset");
  const inward = join(client, upstream, ends.clientHead, ends.clientReading);
  const outward = join(upstream, client, ends.upstreamHead, ends.upstreamReading);
  return {
    get bytesIn() {
      return inward.bytes;
    },
    get bytesOut() {
      return outward.bytes;
    },
    close() {
      if (end === "ended") end = "closed";
      client.destroy();
      upstream.destroy();
    },
  };
}

function join(from: Duplex, to: Duplex, head: Buffer, reading: LeasedReading | undefined): ByteFlow {
  const flow = new ByteFlow(from, to);
  if (head.length > 0) flow.write(head);
  if (reading) reading.flow = flow;
  else from.on("data", (chunk: Buffer) => flow.write(chunk));
  from.once("end", () => to.end());
  if (!flow.isHeld) from.resume();
  return flow;
}

/** A side as the one that has to take what the other sends. */
class Taker implements Watched {
  readonly #side: Duplex;
  #waitingBytes = 0;
  /** Since when it has taken nothing. */
  #sinceMs = 0;

  constructor(side: Duplex) {
    this.#side = side;
  }

  sweep(nowMs: number): void {
    const { writableLength } = this.#side;
    if (writableLength === 0 || writableLength !== this.#waitingBytes) {
      this.#waitingBytes = writableLength;
      this.#sinceMs = nowMs;
    } else if (nowMs - this.#sinceMs > UNTAKEN_MS) this.#side.destroy();
  }
}

function endSoon(side: Duplex): void {
  if (side.destroyed) return;
  side.resume();
  side.end(() => side.destroy());
}
