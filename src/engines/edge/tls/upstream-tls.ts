import { isIP } from "node:net";
import {
  type ConnectionOptions,
  checkServerIdentity,
  connect,
  createSecureContext,
  type SecureContext,
  type TLSSocket,
} from "node:tls";
import type { Clock } from "../../../blocks/time/index.ts";
import type { UpstreamTlsConfig } from "../config/index.ts";
import { CertificateStore } from "./certificate-store.ts";
import type { FileWatch } from "./file-watch.ts";
import type { TlsReport } from "./tls-event.ts";
import { COMMON_POLICY } from "./tls-policy.ts";
import { TrustStore } from "./trust-store.ts";

/** Endpoints whose sessions are kept; the one that was connected to longest ago is forgotten. */
const SESSIONS_MAX = 1_024;

export interface UpstreamTlsOptions {
  readonly clock: Clock;
  /** Shared by all that watch files in one edge. */
  readonly files: FileWatch;
  /** What is spoken inside: `http1` offers `http/1.1`, `http2` offers `h2`, both by ALPN; `tcp` offers nothing. */
  readonly protocol: "http1" | "http2" | "tcp";
  readonly report?: TlsReport;
}

/** Where to. */
export interface TlsTarget {
  readonly host: string;
  readonly port: number;
}

/** Makes ready to speak TLS with endpoints. Throws `EdgeError` `INVALID_CONFIG`, which names the file at fault and the mend. */
export async function openUpstreamTls(
  config: UpstreamTlsConfig,
  options: UpstreamTlsOptions,
): Promise<UpstreamTls> {
  const { clock, files, report = () => {} } = options;
  const { authorityFile, certificate } = config;
  let tls: UpstreamTls | undefined;
  const changed = () => tls?.applyFiles();
  const trust = authorityFile ? await TrustStore.open(authorityFile, { files, report, changed }) : undefined;
  try {
    const shown = certificate ? [certificate] : [];
    const certificates = await CertificateStore.open(shown, { clock, files, report, changed });
    tls = new UpstreamTls(config, options, { trust, certificates });
    return tls;
  } catch (thrown) {
    trust?.close();
    throw thrown;
  }
}

interface UpstreamFiles {
  readonly trust: TrustStore | undefined;
  readonly certificates: CertificateStore;
}

/** TLS as a client of one upstream's endpoints. Sessions are resumed, and forgotten when what is trusted or shown changes. */
export class UpstreamTls {
  readonly #config: UpstreamTlsConfig;
  readonly #protocols: readonly string[];
  readonly #files: UpstreamFiles;
  /** By host and port, in the order of their last use. */
  #sessions = new Map<string, Buffer>();
  #context: SecureContext;

  /** Use `openUpstreamTls`. */
  constructor(config: UpstreamTlsConfig, options: UpstreamTlsOptions, files: UpstreamFiles) {
    this.#config = config;
    this.#protocols = PROTOCOLS[options.protocol];
    this.#files = files;
    this.#context = this.#newContext();
  }

  /**
   * Begins to connect. The connection may be used from its `secureConnect` on, provided that `problemOf` finds nothing; what is
   * written earlier waits for that, and is not sent to an endpoint that does not pass. An `error` is read by `tlsFailureOf`.
   * `settings`: such as `onread` and `noDelay` of `net.connect`.
   */
  connect(target: TlsTarget, settings: ConnectionOptions = {}): TLSSocket {
    const { host, port } = target;
    const name = this.#config.serverName ?? host;
    const key = `${host}:${port}`;
    const sessions = this.#sessions;
    const session = sessions.get(key);
    const socket = connect({
      ...settings,
      host,
      port,
      secureContext: this.#context,
      rejectUnauthorized: this.#config.insecure !== true,
      checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
      // An address is no name that a server could be asked for (RFC 6066, section 3).
      ...(isIP(name) === 0 ? { servername: name } : { servername: "" }),
      ...(this.#protocols.length > 0 ? { ALPNProtocols: [...this.#protocols] } : {}),
      ...(session ? { session } : {}),
    });
    // Node tells of sessions only once the certificate has been checked.
    socket.on("session", (fresh: Buffer) => remember(sessions, key, fresh));
    let isSecured = false;
    socket.once("secureConnect", () => {
      isSecured = true;
    });
    socket.once("close", () => {
      // Should the session be at fault, the next connection does without.
      if (!isSecured && sessions.get(key) === session) sessions.delete(key);
    });
    return socket;
  }

  /** Why a connection cannot be used although its handshake is done, in words; undefined when it can. */
  problemOf(socket: TLSSocket): string | undefined {
    const wanted = this.#protocols[0];
    const { alpnProtocol } = socket;
    // A server that knows no ALPN speaks HTTP/1.1; of HTTP/2 over TLS it is required (RFC 9113, section 3.2).
    if (wanted === undefined || alpnProtocol === wanted || (wanted !== "h2" && !alpnProtocol))
      return undefined;
    return wanted === "h2" ? "does not speak HTTP/2 over TLS (ALPN)" : `speaks ${alpnProtocol} only (ALPN)`;
  }

  /** Puts changed files in force for the connections that begin. */
  applyFiles(): void {
    this.#context = this.#newContext();
    this.#sessions = new Map();
  }

  /** Watches no more files. Connections go on. */
  close(): void {
    this.#files.trust?.close();
    this.#files.certificates.close();
  }

  #newContext(): SecureContext {
    const { trust, certificates } = this.#files;
    const shown = certificates.certificates[0];
    return createSecureContext({
      ...COMMON_POLICY,
      ...(trust ? { ca: [...trust.certificates] } : {}),
      ...(shown ? { cert: shown.chainText, key: shown.keyText } : {}),
    });
  }
}

const PROTOCOLS = { http1: ["http/1.1"], http2: ["h2"], tcp: [] } as const;

function remember(sessions: Map<string, Buffer>, key: string, session: Buffer): void {
  sessions.delete(key);
  sessions.set(key, session);
  if (sessions.size <= SESSIONS_MAX) return;
  for (const oldest of sessions.keys()) {
    sessions.delete(oldest);
    return;
  }
}
