import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** Silence after which the kernel asks whether the other side is still there: tunnels have no idle timeout of their own. */
export const TUNNEL_KEEP_ALIVE_MS = 30_000;

/** Something long-lived that passes through an endpoint and has to be ended from outside. */
export interface Tunnel {
  /** Ends both sides: at once, or when what was written has been sent. */
  close(): void;
}

/** An upgrade that the client asks for: its connection has left the server already. */
export interface UpgradeRequest {
  readonly socket: Duplex;
  /** What the client sent behind its request. */
  readonly head: Buffer;
}

/** The two connections of a tunnel. */
export interface TunnelEnds {
  readonly client: Duplex;
  /** What the client sent behind its request. */
  readonly clientHead: Buffer;
  readonly upstream: Socket;
  /** What the upstream sent behind its answer. */
  readonly upstreamHead: Buffer;
  readonly onClosed: () => void;
}

/** Joins two connections byte for byte, each no faster than the other takes it, until both are closed. */
export function openTunnel(ends: TunnelEnds): Tunnel {
  const { client, upstream } = ends;
  if (ends.clientHead.length > 0) client.unshift(ends.clientHead);
  if (ends.upstreamHead.length > 0) upstream.unshift(ends.upstreamHead);
  upstream.setTimeout(0);
  upstream.setKeepAlive(true, TUNNEL_KEEP_ALIVE_MS);

  let open = 2;
  const onClose = () => {
    open -= 1;
    // Whatever way one side went, the other has nobody to talk to: what was sent before is sent to the end.
    if (open === 1) for (const side of [client, upstream]) endSoon(side);
    if (open === 0) ends.onClosed();
  };
  for (const side of [client, upstream]) {
    // The close that follows says all that matters.
    side.on("error", () => {});
    side.once("close", onClose);
  }
  client.pipe(upstream);
  upstream.pipe(client);
  return {
    close() {
      client.destroy();
      upstream.destroy();
    },
  };
}

function endSoon(side: Duplex): void {
  if (side.destroyed) return;
  side.unpipe();
  side.resume();
  side.end(() => side.destroy());
}
