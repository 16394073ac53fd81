import { randomBytes } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createServer } from "../../../blocks/node/index.ts";
import type { Clock } from "../../../blocks/time/index.ts";
import type { AdminConfig } from "../config/index.ts";
import { isSaneRequestId, type RequestIds } from "../exchange/request-id.ts";
import { listenError } from "../listen-error.ts";
import { checkAdmin } from "./admin-config.ts";
import { AdminError, refusalOf } from "./admin-errors.ts";
import { refusePages, requireToken } from "./admin-guard.ts";
import { ConfigSecrets } from "./config-secrets.ts";
import { ConfigVersions } from "./config-version.ts";
import type { EdgeControl } from "./edge-control.ts";
import { type Administered, type AdminReply, handlerOf, resourceAt } from "./resources.ts";

/** How long clients may take. */
export interface AdminLimits {
  /** For a request's head, from the opening of the connection or the end of the last answer. Default 5,000. */
  readonly headMs: number;
  /** For a whole request. Default 10,000. */
  readonly requestMs: number;
  /** To take an answer. Default 30,000. */
  readonly answerMs: number;
}

const DEFAULT_ADMIN_LIMITS: AdminLimits = { headMs: 5_000, requestMs: 10_000, answerMs: 30_000 };
const CONNECTIONS_MAX = 64;
/** How long `close` waits for answers under way. */
const CLOSE_MS = 1_000;

export interface AdminServerOptions {
  readonly control: EdgeControl;
  readonly clock: Clock;
  readonly requestIds: RequestIds;
  /** As `EdgeConfig.documentationUrl`; asked for each error. Default `/docs/errors`. */
  readonly documentationUrl?: () => string;
  readonly limits?: Partial<AdminLimits>;
}

/** An admin server that answers. */
export interface AdminServer extends AsyncDisposable {
  readonly port: number;
  /** Whether a configuration asks for a server at this address: then `useToken` is all that can change. */
  serves(config: AdminConfig): boolean;
  /** Asks for this token from now on. */
  useToken(token: string): void;
  /**
   * Takes no more connections, and gives answers under way so long, by default a second; called again it may be shorter. Not to be
   * awaited within a change of the configuration that this server has asked for.
   */
  close(patienceMs?: number): Promise<void>;
}

/**
 * Starts the HTTP server for operators, on loopback: see `README.md`. Rejects with `EdgeError` (`INVALID_CONFIG`, `PORT_IN_USE`,
 * `CANNOT_LISTEN`).
 */
export async function startAdmin(config: AdminConfig, options: AdminServerOptions): Promise<AdminServer> {
  checkAdmin(config);
  const limits = { ...DEFAULT_ADMIN_LIMITS, ...options.limits };
  const server = createServer({
    headersTimeout: limits.headMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.headMs,
    connectionsCheckingInterval: Math.max(50, Math.min(1_000, limits.headMs / 4)),
  });
  server.maxConnections = CONNECTIONS_MAX;
  await listen(server, config);
  return new Admin(server, config, limits, options);
}

class Admin implements AdminServer {
  readonly port: number;
  readonly #server: Server;
  readonly #config: AdminConfig;
  readonly #limits: AdminLimits;
  readonly #options: AdminServerOptions;
  readonly #administered: Administered;
  /** Connections on which an answer is under way. */
  readonly #busy = new WeakSet<Socket>();
  #token: string;
  #closed: Promise<void> | undefined;

  constructor(server: Server, config: AdminConfig, limits: AdminLimits, options: AdminServerOptions) {
    const key = randomBytes(32);
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#config = config;
    this.#limits = limits;
    this.#options = options;
    this.#token = config.token;
    this.#administered = {
      control: options.control,
      secrets: new ConfigSecrets(key),
      versions: new ConfigVersions(key),
    };
    server.on("request", (request, response) => void this.#answer(request, response));
  }

  serves({ host = "127.0.0.1", port }: AdminConfig): boolean {
    return host === (this.#config.host ?? "127.0.0.1") && port === this.#config.port;
  }

  useToken(token: string): void {
    this.#token = token;
  }

  close(patienceMs: number = CLOSE_MS): Promise<void> {
    this.#closed ??= new Promise((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const patience = this.#options.clock.setTimer(patienceMs, () => this.#server.closeAllConnections());
    void this.#closed.then(() => patience.cancel());
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A client that goes away is no matter.
    request.on("error", () => {});
    response.on("error", () => {});
    const { socket } = request;
    // Answers to whoever asks without waiting would gather here, and anyone on the machine may ask for metrics.
    if (this.#busy.has(socket)) {
      socket.destroy();
      return;
    }
    this.#busy.add(socket);
    response.once("close", () => this.#busy.delete(socket));
    const given = request.headers["x-request-id"];
    const requestId =
      typeof given === "string" && isSaneRequestId(given) ? given : this.#options.requestIds.next();
    let reply: AdminReply;
    try {
      reply = await this.#replyTo(request);
    } catch (thrown) {
      reply = this.#refusal(thrown, requestId);
    }
    this.#send(request, response, reply, requestId);
  }

  async #replyTo(request: IncomingMessage): Promise<AdminReply> {
    refusePages(request);
    const found = resourceAt(request.url ?? "");
    // What there is and is not is for those to know who may ask.
    if (!found?.resource.isOpen) requireToken(request, this.#token);
    if (!found) throw new AdminError("NOT_FOUND");
    const handler = handlerOf(found.resource, request.method);
    return await handler(this.#administered, request, found.name);
  }

  /** In the envelope of the edge's own answers: see `answers.ts`. */
  #refusal(thrown: unknown, requestId: string): AdminReply {
    const { status, code, message, details, headers } = refusalOf(thrown);
    const { documentationUrl = () => "/docs/errors" } = this.#options;
    const error = {
      code,
      message,
      details,
      request_id: requestId,
      documentation_url: `${documentationUrl()}#${code}`,
    };
    return { status, body: { error }, headers };
  }

  #send(request: IncomingMessage, response: ServerResponse, reply: AdminReply, requestId: string): void {
    if (response.destroyed) return;
    const { status, body, headers } = reply;
    const text = typeof body === "string" ? body : `${JSON.stringify(body)}\n`;
    // What is left of a request that was refused is not read; and who takes leave keeps no connection.
    const isLeaving = this.#closed !== undefined || this.#options.control.state() === "draining";
    if (isLeaving || hasUnreadBody(request)) {
      response.setHeader("Connection", "close");
    }
    response.writeHead(status, {
      "Content-Type": "application/json; charset=utf-8",
      "Content-Length": Buffer.byteLength(text),
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      "X-Request-Id": requestId,
      ...headers,
    });
    const patience = this.#options.clock.setTimer(this.#limits.answerMs, () => response.destroy());
    patience.unref();
    response.once("close", () => patience.cancel());
    response.end(text);
  }
}

function hasUnreadBody({ complete, headers }: IncomingMessage): boolean {
  if (complete) return false;
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function listen(server: Server, { host = "127.0.0.1", port }: AdminConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(listenError(host, port, error));
    server.once("error", failed);
    // The name could be made to mean another machine; the address cannot.
    server.listen({ host: host === "localhost" ? "127.0.0.1" : host, port }, () => {
      server.off("error", failed);
      resolve();
    });
  });
}
