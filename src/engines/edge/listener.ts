import type { IncomingMessage, Server, ServerOptions, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { codeOf, messageOf } from "../../blocks/errors/index.ts";
import { createServer } from "../../blocks/node/index.ts";
import type { Answer } from "./answers.ts";
import type { EdgeLimits, ListenerConfig } from "./config.ts";
import { ClientConnection } from "./connection.ts";
import { EdgeError } from "./errors.ts";
import type { EdgeRuntime, Site } from "./runtime.ts";

/** How often Node looks for request heads that take too long, at most. */
const HEAD_SWEEP_MS = 1_000;
/** Connections that the kernel holds until they are accepted. */
const BACKLOG = 1_024;

/** One address that the edge listens on: Node's HTTP server, and what it is told for this edge. */
export class Listener {
  readonly config: ListenerConfig;
  readonly #runtime: EdgeRuntime;
  readonly #server: Server;
  readonly #connections = new Map<Duplex, ClientConnection>();
  #site: Site;

  private constructor(config: ListenerConfig, site: Site, runtime: EdgeRuntime) {
    this.config = config;
    this.#site = site;
    this.#runtime = runtime;
    this.#server = createServer(optionsFor(runtime.limits));
    this.applyLimits(runtime.limits);
    this.#server
      .on("connection", this.#onConnection)
      .on("request", this.#onRequest)
      .on("checkContinue", this.#onRequest)
      .on("checkExpectation", this.#onRequest)
      .on("upgrade", this.#onUpgrade)
      .on("connect", this.#onUpgrade)
      .on("clientError", this.#onClientError);
  }

  /** Resolves once the address takes connections. Throws `EdgeError` `PORT_IN_USE` or `CANNOT_LISTEN`. */
  static async open(config: ListenerConfig, site: Site, runtime: EdgeRuntime): Promise<Listener> {
    const listener = new Listener(config, site, runtime);
    await listener.#listen();
    return listener;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address ? address.port : this.config.port;
  }

  /** Whether this listener is the one that a configuration speaks of. */
  serves(config: ListenerConfig): boolean {
    return this.config.host === config.host && this.config.port === config.port;
  }

  /** Puts other routes in force for all requests that have not begun. */
  replaceSite(site: Site): void {
    this.#site = site;
  }

  applyLimits(limits: EdgeLimits): void {
    const server = this.#server;
    server.maxConnections = limits.connections;
    server.keepAliveTimeout = limits.idleTimeoutMs;
    server.headersTimeout = limits.requestHeadTimeoutMs;
    // Bodies may take as long as they move; the edge itself ends those that do not.
    server.requestTimeout = 0;
    server.timeout = 0;
    // Node would silently leave out fields beyond a count; the bound on bytes bounds their number too.
    server.maxHeadersCount = 0;
    // Read anew for each connection, though Node's types know it as an option only.
    Object.assign(server, { maxHeaderSize: limits.headerBytes });
  }

  /** Takes no further connection; resolves once all are gone: idle ones at once, others with their last answer. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  /** Cuts every connection. */
  destroyConnections(): void {
    for (const socket of this.#connections.keys()) socket.destroy();
  }

  #listen(): Promise<void> {
    const { host, port } = this.config;
    return new Promise((resolve, reject) => {
      this.#server.once("error", (thrown) => reject(listenError(host, port, thrown)));
      this.#server.listen({ host, port, backlog: BACKLOG }, () => {
        this.#server.removeAllListeners("error");
        // A failed accept (out of descriptors) concerns one connection; the listener goes on.
        this.#server.on("error", () => {});
        resolve();
      });
    });
  }

  readonly #onConnection = (socket: Socket): void => {
    this.#connections.set(socket, new ClientConnection(socket, this.#runtime, () => this.#site));
    socket.once("close", () => this.#connections.delete(socket));
  };

  readonly #onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    this.#connections.get(request.socket)?.takeRequest(request, response);
  };

  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // The server has let go of the socket: its errors are nobody's else, and the close that follows says all that matters.
    socket.on("error", () => {});
    const connection = this.#connections.get(socket);
    if (!connection || !(socket instanceof Socket)) {
      socket.destroy();
      return;
    }
    connection.takeUpgrade(request, { socket, head });
  };

  readonly #onClientError = (error: Error, socket: Duplex): void => {
    const connection = this.#connections.get(socket);
    if (!connection || codeOf(error) === "ECONNRESET") socket.destroy();
    else connection.parsingFailed(answerTo(error));
  };
}

function optionsFor(limits: EdgeLimits): ServerOptions {
  return {
    // Answered by the edge itself, in its own words.
    requireHostHeader: false,
    noDelay: true,
    connectionsCheckingInterval: Math.max(10, Math.min(HEAD_SWEEP_MS, limits.requestHeadTimeoutMs / 4)),
    shouldUpgradeCallback: wantsUpgrade,
  };
}

/**
 * Whether a request's connection leaves HTTP/1.1. An offer of HTTP/2 is not taken up, and the request is served as it is;
 * nor is one with a body, which would be taken for the new protocol's first bytes.
 */
function wantsUpgrade(request: IncomingMessage): boolean {
  const { upgrade } = request.headers;
  if (request.method === "CONNECT") return true;
  if (request.method !== "GET" || upgrade === undefined || /\bh2c\b/i.test(upgrade)) return false;
  return (
    request.headers["transfer-encoding"] === undefined && Number(request.headers["content-length"] ?? 0) === 0
  );
}

/** What a client is told of an error that Node's parser found. */
function answerTo(error: Error): Answer {
  switch (codeOf(error)) {
    case "HPE_HEADER_OVERFLOW":
      return { code: "HEADERS_TOO_LARGE" };
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { code: "REQUEST_TIMEOUT" };
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return { code: "BODY_TOO_LARGE", message: "The request's chunk extensions are too large." };
    default:
      return { code: "BAD_REQUEST" };
  }
}

function listenError(host: string, port: number, thrown: unknown): EdgeError {
  const where = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  switch (codeOf(thrown)) {
    case "EADDRINUSE":
      return new EdgeError("PORT_IN_USE", `${where} is taken by another program; choose another port`, {
        details: { host, port },
        cause: thrown,
      });
    case "EACCES":
      return new EdgeError(
        "CANNOT_LISTEN",
        `${where} may not be used by this user; choose a port from 1024 on`,
        {
          details: { host, port },
          cause: thrown,
        },
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new EdgeError("CANNOT_LISTEN", `${where}: this machine has no such address`, {
        details: { host, port },
        cause: thrown,
      });
    default:
      return new EdgeError("CANNOT_LISTEN", `${where}: ${messageOf(thrown)}`, {
        details: { host, port },
        cause: thrown,
      });
  }
}
