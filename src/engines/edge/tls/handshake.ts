import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { codeOf, messageOf } from "../../../blocks/errors/index.ts";
import { Timeout } from "../../../blocks/time/index.ts";

/** Who waits for a handshake. Exactly one of the two is called, once. */
export interface HandshakeUser {
  /**
   * The connection can be used from now on, and is the user's, who listens for its errors. `alpnProtocol` says what is spoken;
   * `false` where the client named nothing.
   */
  onSecure(socket: TLSSocket): void;
  /** There will be none; the connection is gone. */
  onRefused(refusal: HandshakeRefusal): void;
}

/** Why a handshake came to nothing. */
export interface HandshakeRefusal {
  readonly kind: /** It took too long. */
    | "timeout"
    /** The client left, or did not like what it was shown. */
    | "left"
    /** It shows no certificate that is asked for, or none that is valid. */
    | "client-certificate"
    /** What it says is not TLS, or nothing that both sides speak. */
    | "protocol";
  /** In words and with the code: `has no certificate (ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE)`. */
  readonly reason: string;
}

/** One handshake under way. */
export class Handshake extends Timeout {
  readonly #socket: Socket;
  readonly #timeoutMs: number;
  readonly #over: (handshake: Handshake) => void;
  #user: HandshakeUser | undefined;

  /** `over` is called once, before the user hears how it went. */
  constructor(socket: Socket, user: HandshakeUser, timeoutMs: number, over: (handshake: Handshake) => void) {
    super();
    this.#socket = socket;
    this.#user = user;
    this.#timeoutMs = timeoutMs;
    this.#over = over;
  }

  get isOver(): boolean {
    return this.#user === undefined;
  }

  /** The first of these three to be called counts. */
  succeed(socket: TLSSocket): void {
    const user = this.#end();
    if (user) user.onSecure(socket);
    else socket.destroy();
  }

  refuse(refusal: HandshakeRefusal): void {
    const user = this.#end();
    if (!user) return;
    this.#socket.destroy();
    user.onRefused(refusal);
  }

  #end(): HandshakeUser | undefined {
    const user = this.#user;
    if (user) {
      this.#user = undefined;
      this.#over(this);
    }
    return user;
  }

  override expired(): void {
    this.refuse({ kind: "timeout", reason: `took longer than ${this.#timeoutMs} ms` });
  }
}

/** Reads what Node says of a handshake that failed at the server. */
export function refusalOf(error: Error): HandshakeRefusal {
  const code = codeOf(error) ?? messageOf(error);
  if (/ALERT|^ECONNRESET$|^EPIPE$/.test(code)) {
    const what = code.includes("ALERT") ? "refused what it was shown" : "left";
    return { kind: "left", reason: `${what} (${code})` };
  }
  if (/CERTIFICATE|^ERR_SSL_CERT/.test(code)) {
    const what = code.includes("DID_NOT_RETURN") ? "has no certificate" : "has no valid certificate";
    return { kind: "client-certificate", reason: `${what} (${code})` };
  }
  const what = PROTOCOL_PROBLEMS[code] ?? "could not agree";
  return { kind: "protocol", reason: `${what} (${code})` };
}

const PROTOCOL_PROBLEMS: Readonly<Record<string, string>> = {
  ERR_SSL_HTTP_REQUEST: "speaks plain HTTP",
  ERR_SSL_WRONG_VERSION_NUMBER: "does not speak TLS",
  ERR_SSL_UNSUPPORTED_PROTOCOL: "speaks only old versions of TLS",
  ERR_SSL_NO_SHARED_CIPHER: "speaks no cipher suite that is allowed",
  ERR_SSL_NO_APPLICATION_PROTOCOL: "offers no protocol that is spoken here",
};
