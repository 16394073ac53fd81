import type { Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createServer } from "../../../../blocks/node/index.ts";
import type { TelemetrySink } from "../../../../blocks/telemetry/otlp/index.ts";
import type { Clock } from "../../../../blocks/time/index.ts";
import { beginsHttp2, opensHttp2 } from "../../../../engines/edge/http2/preface.ts";
import type { SignalStatus, TelemetryStatus } from "../../../control-api/telemetry.ts";
import { Strangers } from "../../strangers.ts";
import { DecodeBudget } from "./decode-budget.ts";
import type { Forwarder } from "./forwarder.ts";
import { answerHttp } from "./http-request.ts";
import { Intake } from "./intake.ts";
import { type SenderGuard, senderGuard } from "./sender-guard.ts";
import { SignalCounts } from "./signal-counts.ts";

export interface ReceiverOptions {
  readonly clock: Clock;
  /** On loopback; 0 for a free one. */
  readonly port: number;
  /** What senders show as `authorization: Bearer TOKEN`. */
  readonly token: string;
  /** Gets what was decoded. */
  readonly sink: TelemetrySink;
  /** Gets the bodies as they came. Closed with the receiver. Default: nothing is sent on. */
  readonly forwarder?: Forwarder;
  /** How much of each second may go to decoding, the sink's work included: above 0, at most 1. Default 0.25. */
  readonly decodeShare?: number;
}

/** What the receiver has to say of itself. */
export interface ReceiverStatus {
  readonly traces: SignalStatus;
  readonly metrics: SignalStatus;
  readonly logs: SignalStatus;
  readonly forward?: NonNullable<TelemetryStatus["forward"]>;
}

export interface Receiver extends AsyncDisposable {
  readonly port: number;
  status(): ReceiverStatus;
  /** Ends all connections; what is to be forwarded has two seconds to go out. Twice does nothing more. */
  close(): Promise<void>;
}

const CONNECTIONS_MAX = 512;
/** Connections over which nobody has shown the token: more would leave no room for those who have it. */
const STRANGERS_MAX = 256;
/** How long a connection may be silent before it says what it speaks. */
const OPENING_MS_MAX = 10_000;
const DECODE_SHARE = 0.25;

/**
 * Listens on loopback for OTLP: over HTTP/1.1 as protobuf or JSON, and over gRPC, on one port; the first bytes of a connection tell
 * which. Rejects with the error of `listen`, such as `EADDRINUSE`.
 */
export async function openReceiver(options: ReceiverOptions): Promise<Receiver> {
  const { clock, sink, forwarder } = options;
  const counts = new SignalCounts();
  const budget = new DecodeBudget(options.decodeShare ?? DECODE_SHARE, clock.monotonicMs());
  const intake = new Intake({ clock, budget, counts, sink, forwarder });
  // Exporters keep a connection and use it every few seconds: it must not be closed just then.
  const limits = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 90_000 };
  const server = createServer({ ...limits, connectionsCheckingInterval: 5_000 });
  server.maxConnections = CONNECTIONS_MAX;
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  const connections = new Connections(server, { clock, guard: senderGuard(port, options.token), intake });
  server.on("request", (request, response) => {
    // A client that goes away is no matter.
    response.on("error", () => {});
    void answerHttp(request, response, connections.hostFor(request.socket));
  });
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= Promise.all([connections.close(), forwarder?.close()]).then(() => {});
    return closing;
  };
  return {
    port,
    status: () => {
      const told = {
        traces: counts.statusOf("traces"),
        metrics: counts.statusOf("metrics"),
        logs: counts.statusOf("logs"),
      };
      return forwarder ? { ...told, forward: forwarder.status() } : told;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface ConnectionHost {
  readonly clock: Clock;
  readonly guard: SenderGuard;
  readonly intake: Intake;
}

/** All connections of the port: looks at the first bytes of each, and hands it to whom they are for. */
class Connections {
  readonly #server: Server;
  readonly #host: ConnectionHost;
  readonly #sockets = new Set<Socket>();
  readonly #strangers = new Strangers(STRANGERS_MAX);
  #closed = false;

  constructor(server: Server, host: ConnectionHost) {
    this.#server = server;
    this.#host = host;
    // The server's own listener takes those that speak HTTP/1.1.
    const [takeHttp] = server.listeners("connection");
    server.removeAllListeners("connection");
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
      this.#strangers.arrive(socket);
      this.#open(socket, () => takeHttp?.call(server, socket));
    });
  }

  /** For what comes over a connection: whom the guard lets in is no stranger any more. */
  hostFor(socket: Socket): ConnectionHost {
    const guard: SenderGuard = (headers) => {
      const refusal = this.#host.guard(headers);
      if (!refusal) this.#strangers.leave(socket);
      return refusal;
    };
    return { ...this.#host, guard };
  }

  async close(): Promise<void> {
    this.#closed = true;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #open(socket: Socket, takeHttp: () => void): void {
    let read: Buffer = Buffer.alloc(0);
    const patience = this.#host.clock.setTimer(OPENING_MS_MAX, () => socket.destroy());
    patience.unref();
    const ignore = () => {};
    const onData = (chunk: Buffer) => {
      read = read.length === 0 ? chunk : Buffer.concat([read, chunk]);
      const isHttp2 = opensHttp2(read);
      if (!isHttp2 && beginsHttp2(read)) return;
      patience.cancel();
      socket.off("data", onData);
      socket.pause();
      socket.unshift(read);
      if (isHttp2) {
        void this.#serveGrpc(socket, ignore);
        return;
      }
      socket.off("error", ignore);
      takeHttp();
      socket.resume();
    };
    // The close that follows says all that matters.
    socket.on("error", ignore);
    socket.once("close", () => patience.cancel());
    socket.on("data", onData);
  }

  /** `node:http2` is loaded for the first who speaks it. */
  async #serveGrpc(socket: Socket, ignore: () => void): Promise<void> {
    const { serveGrpc } = await import("./grpc-session.ts");
    if (this.#closed || socket.destroyed) {
      socket.destroy();
      return;
    }
    socket.off("error", ignore);
    serveGrpc(socket, this.hostFor(socket));
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port }, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
}
