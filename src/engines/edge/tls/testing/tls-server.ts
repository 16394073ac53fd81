import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { type Clock, systemClock } from "../../../../blocks/time/index.ts";
import type { ListenerTlsConfig } from "../../config/index.ts";
import { FileWatch } from "../file-watch.ts";
import type { HandshakeRefusal } from "../handshake.ts";
import { openServerTls, type ServerTls, type ServerTlsOptions } from "../server-tls.ts";
import type { TlsEvent } from "../tls-event.ts";

/** A server on a free port of loopback that ends TLS, greets, and echoes. */
export interface TestTlsServer extends AsyncDisposable {
  readonly port: number;
  readonly tls: ServerTls;
  readonly files: FileWatch;
  readonly events: readonly TlsEvent[];
  readonly refusals: readonly HandshakeRefusal[];
  /** Resolves with the connection that is refused next, or was refused and not asked about. */
  refused(): Promise<HandshakeRefusal>;
  /** Connections whose handshake is done. */
  readonly secured: readonly TLSSocket[];
}

export interface TestServerSettings extends Partial<ServerTlsOptions> {
  readonly clock?: Clock;
  /** What is done with a connection before TLS begins. */
  readonly before?: (socket: Socket, go: () => void) => void;
}

export async function tlsServer(
  config: ListenerTlsConfig,
  settings: TestServerSettings = {},
): Promise<TestTlsServer> {
  const { clock = systemClock, before = (_, go) => go() } = settings;
  const files = settings.files ?? new FileWatch(clock);
  const events: TlsEvent[] = [];
  const refusals: HandshakeRefusal[] = [];
  const waiting: ((refusal: HandshakeRefusal) => void)[] = [];
  const unasked: HandshakeRefusal[] = [];
  const secured: TLSSocket[] = [];
  const report = (event: TlsEvent) => events.push(event);
  const tls = await openServerTls(config, {
    protocols: ["h2", "http/1.1"],
    report,
    ...settings,
    clock,
    files,
  });
  const sockets = new Set<Socket>();
  const onRefused = (refusal: HandshakeRefusal) => {
    refusals.push(refusal);
    const next = waiting.shift();
    if (next) next(refusal);
    else unasked.push(refusal);
  };
  const onSecure = (socket: TLSSocket) => {
    secured.push(socket);
    socket.on("error", () => {});
    socket.write("hello");
    socket.pipe(socket);
  };
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    before(socket, () => tls.accept(socket, { onSecure, onRefused }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    tls,
    files,
    events,
    refusals,
    secured,
    refused: () => {
      const known = unasked.shift();
      return known ? Promise.resolve(known) : new Promise((resolve) => waiting.push(resolve));
    },
    async [Symbol.asyncDispose]() {
      tls.close();
      for (const socket of sockets) socket.destroy();
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

/** What a client learned of a connection. */
export interface Visit {
  readonly socket: TLSSocket;
  /** Of the certificate that it was shown. */
  readonly commonName: string;
  /** Of that certificate; `""` where a session was resumed without one. */
  readonly serialNumber: string;
  readonly reused: boolean;
  /** For the next visit: what it can resume. */
  readonly session: Buffer | undefined;
}

/** Connects, waits for the greeting (by which time sessions have come), and closes unless it is to stay. */
export async function visit(
  port: number,
  options: ConnectionOptions & { stay?: boolean } = {},
): Promise<Visit> {
  const socket = connect({ port, host: "127.0.0.1", ...options });
  let session: Buffer | undefined;
  socket.on("session", (fresh) => {
    session = fresh;
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.once("data", () => resolve());
    socket.once("close", () => reject(new Error("closed before the greeting")));
  });
  // TLS 1.2 renews the ticket of a resumed session without an event.
  session ??= socket.getSession();
  // Asked for a second time, Node gives none.
  const certificate = socket.getPeerX509Certificate();
  const serialNumber = certificate?.serialNumber ?? "";
  const reused = socket.isSessionReused();
  const commonName = /CN=(.*)/.exec(certificate?.subject ?? "")?.[1] ?? "";
  if (!options.stay) {
    socket.destroy();
    await once(socket, "close");
  }
  return { socket, commonName, serialNumber, reused, session };
}
