import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { createServer, type SecureContext, type Server, type TLSSocket, type TlsOptions } from "node:tls";
import { type Clock, LONGEST_TIMER_MS, SharedTimeouts, type Timer } from "../../../blocks/time/index.ts";
import type { ListenerTlsConfig } from "../config/index.ts";
import { EdgeError } from "../errors.ts";
import { clientCertificateFields, clientProblem } from "./client-identity.ts";
import type { FileWatch } from "./file-watch.ts";
import { Handshake, type HandshakeRefusal, type HandshakeUser, refusalOf } from "./handshake.ts";
import { ServerContexts } from "./server-contexts.ts";
import { TicketKeys } from "./ticket-keys.ts";
import type { TlsReport } from "./tls-event.ts";

const HANDSHAKE_TIMEOUT_MS = 10_000;
const SESSION_MS = 2 * 3_600_000;
/** TLS 1.3 ends sessions after a week (RFC 8446, section 4.6.1). */
const SESSION_MS_MAX = 604_800_000;
const SECRET_BYTES = 32;
const NO_FIELDS: readonly string[] = [];
const LEFT: HandshakeRefusal = { kind: "left", reason: "left in the handshake" };

export interface ServerTlsOptions {
  readonly clock: Clock;
  /** Shared by all that watch files in one edge. */
  readonly files: FileWatch;
  /** Names of ALPN (RFC 7301), the preferred first: `["h2", "http/1.1"]`. Empty: none is agreed on. */
  readonly protocols: readonly string[];
  /** At least 32 bytes, the same in all workers of one edge. Default: one of its own, which nobody else knows. */
  readonly sessionSecret?: Uint8Array;
  /** From `accept` to the end of the handshake, whatever arrives meanwhile. Default 10,000. */
  readonly handshakeTimeoutMs?: number;
  readonly report?: TlsReport;
}

/**
 * Makes ready to end TLS on connections that somebody else accepts. Throws `EdgeError` `INVALID_CONFIG` when a file cannot be used;
 * its message names the file and the mend.
 */
export async function openServerTls(
  config: ListenerTlsConfig,
  options: ServerTlsOptions,
): Promise<ServerTls> {
  if (!config.local && !config.certificates?.length) {
    throw new EdgeError("INVALID_CONFIG", "tls has to name a certificate, or a local authority");
  }
  const { clock, files, report = () => {} } = options;
  const sessionMs = sessionMsOf(config);
  let tls: ServerTls | undefined;
  const changed = () => tls?.applyFiles();
  const contexts = await ServerContexts.open(config, { clock, files, report, sessionMs, changed });
  tls = new ServerTls(config, contexts, options);
  return tls;
}

/**
 * TLS as a server. Certificates are chosen by SNI, and taken up anew when their files change; connections that stand keep what they
 * have. Sessions are resumed by tickets, which every worker with the same secret can open.
 */
export class ServerTls {
  readonly #config: ListenerTlsConfig;
  readonly #contexts: ServerContexts;
  readonly #clock: Clock;
  readonly #secret: Uint8Array;
  readonly #timeoutMs: number;
  readonly #timeouts: SharedTimeouts;
  /** Takes connections and listens nowhere. */
  readonly #server: Server;
  /** Whose handshake Node speaks of: it calls back in the context in which it was given the connection. */
  readonly #current = new AsyncLocalStorage<Handshake | undefined>();
  /** Those whose connection is gone, in the order in which it went, for a moment. */
  readonly #unexplained = new Set<Handshake>();
  #tickets: TicketKeys | undefined;
  #rotation: Timer | undefined;
  #handshakes = 0;
  #closed = false;

  /** Use `openServerTls`. */
  constructor(config: ListenerTlsConfig, contexts: ServerContexts, options: ServerTlsOptions) {
    this.#config = config;
    this.#contexts = contexts;
    this.#clock = options.clock;
    this.#secret = options.sessionSecret ?? randomBytes(SECRET_BYTES);
    this.#timeoutMs = options.handshakeTimeoutMs ?? HANDSHAKE_TIMEOUT_MS;
    this.#timeouts = new SharedTimeouts(options.clock, this.#timeoutMs);
    this.#server = createServer({
      ...contexts.standing,
      ...alpnOf(options.protocols),
      SNICallback: this.#onServerName,
      requestCert: config.clients !== undefined,
      rejectUnauthorized: config.clients !== undefined && config.clients.required !== false,
      // Node's own limit begins anew with every byte, so it is only the second line.
      handshakeTimeout: this.#timeoutMs * 2,
      allowHalfOpen: true,
    });
    this.#server.on("secureConnection", this.#onSecure);
    this.#server.on("tlsClientError", this.#onFailure);
    this.#applyTickets();
  }

  /** Handshakes under way. */
  get handshakes(): number {
    return this.#handshakes;
  }

  /**
   * Begins the handshake on a connection. Nobody may read from it any more, nor have it read into a buffer of their own (`onread`);
   * bytes that were read too many go back by `socket.unshift` before. The user must not be told to end it otherwise than by
   * `socket.destroy()` until one of the user's two functions has been called.
   */
  accept(socket: Socket, user: HandshakeUser): void {
    this.#handshakes += 1;
    const handshake = new Handshake(socket, user, this.#timeoutMs, this.#onOver);
    this.#timeouts.start(handshake);
    socket.once("close", () => {
      if (handshake.isOver) return;
      // Where Node was the one to close, it says why just behind.
      this.#unexplained.add(handshake);
      setImmediate(() => handshake.refuse(LEFT));
    });
    if (socket.destroyed) handshake.refuse({ kind: "left", reason: "left before the handshake" });
    else this.#current.run(handshake, () => this.#server.emit("connection", socket));
  }

  /**
   * Fields that tell an upstream of the client's certificate, names and values in turn; none where no client is asked for one. The
   * same for the whole connection.
   */
  clientFields(socket: TLSSocket): readonly string[] {
    return this.#config.clients ? clientCertificateFields(socket, this.#clock.wallMs()) : NO_FIELDS;
  }

  /** Puts changed files in force for the connections that begin. */
  applyFiles(): void {
    if (this.#closed) return;
    this.#server.setSecureContext(this.#contexts.standing);
    this.#applyTickets();
  }

  /** Watches no more files. Handshakes under way go on, and so do connections. */
  close(): void {
    this.#closed = true;
    this.#contexts.close();
    this.#rotation?.cancel();
  }

  /** Sets the keys of session tickets, and again when they change. */
  #applyTickets(): void {
    const sessionMs = sessionMsOf(this.#config);
    if (sessionMs <= 0) return;
    const scope = this.#contexts.sessionScope;
    if (this.#tickets?.scope !== scope) {
      this.#tickets = new TicketKeys({ secret: this.#secret, scope, sessionMs, clock: this.#clock });
    }
    const shared: unknown = Reflect.get(this.#server, "_sharedCreds");
    if (isSecureContext(shared)) this.#tickets.acceptOlder(shared);
    this.#rotate(this.#tickets);
  }

  #rotate(tickets: TicketKeys): void {
    this.#server.setTicketKeys(tickets.current);
    this.#rotation?.cancel();
    const delayMs = Math.min(Math.max(tickets.changesInMs, 1), LONGEST_TIMER_MS);
    this.#rotation = this.#clock.setTimer(delayMs, () => this.#rotate(tickets));
    this.#rotation.unref();
  }

  readonly #onServerName = (name: string, done: (error: Error | null, context?: SecureContext) => void) => {
    const found = this.#contexts.find(name);
    if (!(found instanceof Promise)) done(null, found);
    else found.then((context) => done(null, context), done);
  };

  readonly #onSecure = (socket: TLSSocket): void => {
    const handshake = this.#current.getStore();
    if (!handshake) {
      socket.destroy();
      return;
    }
    const refusal = this.#config.clients?.required === false ? undefined : this.#lateRefusal(socket);
    // What the user does from here on, such as opening connections, is not to keep the handshake in memory.
    this.#current.run(undefined, () => {
      if (refusal === undefined) handshake.succeed(socket);
      else handshake.refuse({ kind: "client-certificate", reason: refusal });
    });
  };

  /** A resumed session is as valid as it was when it began, although the certificate's time may have run out since. */
  #lateRefusal(socket: TLSSocket): string | undefined {
    const certificate = this.#config.clients && socket.getPeerX509Certificate();
    const problem = certificate && clientProblem(socket, certificate, this.#clock.wallMs());
    return problem && `has no valid certificate (${problem})`;
  }

  readonly #onFailure = (error: Error, socket: TLSSocket): void => {
    // A certificate that Node has found invalid is told of outside the context; connections are told of as they went.
    const handshake = this.#current.getStore() ?? this.#unexplained.values().next().value;
    const problem = socket.authorizationError as unknown;
    this.#current.run(undefined, () =>
      handshake?.refuse(
        problem
          ? { kind: "client-certificate", reason: `has no valid certificate (${String(problem)})` }
          : refusalOf(error),
      ),
    );
  };

  readonly #onOver = (handshake: Handshake): void => {
    this.#handshakes -= 1;
    this.#timeouts.stop(handshake);
    this.#unexplained.delete(handshake);
  };
}

function sessionMsOf({ sessionMs = SESSION_MS }: ListenerTlsConfig): number {
  return Math.min(sessionMs, SESSION_MS_MAX);
}

function alpnOf(protocols: readonly string[]): TlsOptions {
  return protocols.length > 0 ? { ALPNProtocols: [...protocols] } : {};
}

function isSecureContext(value: unknown): value is SecureContext {
  return typeof value === "object" && value !== null && "context" in value;
}
