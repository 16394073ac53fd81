import type { Clock } from "../../../blocks/time/index.ts";
import type { EdgeConfig, ListenerConfig, UpstreamConfig } from "../config/index.ts";
import { FileWatch } from "./file-watch.ts";
import type { ServerTls } from "./server-tls.ts";
import type { TlsReport } from "./tls-event.ts";
import type { UpstreamTls } from "./upstream-tls.ts";

export interface EdgeTlsOptions {
  readonly clock: Clock;
  /** Shared by all workers of one edge. */
  readonly secret: Uint8Array;
  readonly report: TlsReport;
}

/** What was opened for a configuration that is not in force yet: exactly one of the two follows. */
export interface PreparedTls {
  /** It is in force: what it does not use is closed. */
  commit(): void;
  /** It is not to be. */
  discard(): void;
}

/** All TLS of an edge, on both its sides: what a configuration asks for is opened once, and kept as long as one asks for it. */
export class EdgeTls {
  readonly #options: EdgeTlsOptions;
  readonly #files: FileWatch;
  readonly #servers = new Map<string, ServerTls>();
  readonly #clients = new Map<string, UpstreamTls>();

  constructor(options: EdgeTlsOptions) {
    this.#options = options;
    this.#files = new FileWatch(options.clock);
  }

  /** Opens what a configuration asks for. Throws `EdgeError` `INVALID_CONFIG` when a file cannot be used, with nothing left behind. */
  async prepare(config: EdgeConfig): Promise<PreparedTls> {
    const opened: string[] = [];
    const wanted = new Set<string>();
    const discard = () => {
      for (const key of opened) this.#close(key);
    };
    try {
      for (const listener of config.listeners) {
        const key = serverKey(listener);
        if (key === undefined || listener.kind === "udp" || !listener.tls) continue;
        wanted.add(key);
        if (this.#servers.has(key)) continue;
        const { clock, secret, report } = this.#options;
        const options = {
          clock,
          report,
          files: this.#files,
          sessionSecret: secret,
          protocols: protocolsOf(listener),
        };
        // Loaded for those who ask for it: an edge in plain text is the smaller for it.
        const { openServerTls } = await import("./server-tls.ts");
        this.#servers.set(key, await openServerTls(listener.tls, options));
        opened.push(key);
      }
      for (const upstream of Object.values(config.upstreams)) {
        const key = clientKey(upstream);
        if (key === undefined || !upstream.tls) continue;
        wanted.add(key);
        if (this.#clients.has(key)) continue;
        const { clock, report } = this.#options;
        const options = {
          clock,
          report,
          files: this.#files,
          protocol: upstream.protocol ?? "http1",
        } as const;
        const { openUpstreamTls } = await import("./upstream-tls.ts");
        this.#clients.set(key, await openUpstreamTls(upstream.tls, options));
        opened.push(key);
      }
    } catch (thrown) {
      discard();
      throw thrown;
    }
    const commit = () => {
      for (const key of [...this.#servers.keys(), ...this.#clients.keys()]) {
        if (!wanted.has(key)) this.#close(key);
      }
    };
    return { commit, discard };
  }

  /** What ends TLS for a listener that has been prepared for; undefined for one in plain text. */
  serverOf(listener: ListenerConfig): ServerTls | undefined {
    const key = serverKey(listener);
    return key === undefined ? undefined : this.#servers.get(key);
  }

  /** What speaks TLS with the endpoints of an upstream; undefined for one in plain text. */
  clientOf(upstream: UpstreamConfig): UpstreamTls | undefined {
    const key = clientKey(upstream);
    return key === undefined ? undefined : this.#clients.get(key);
  }

  /** Watches no more files. Connections that stand go on. */
  close(): void {
    for (const key of [...this.#servers.keys(), ...this.#clients.keys()]) this.#close(key);
  }

  #close(key: string): void {
    this.#servers.get(key)?.close();
    this.#servers.delete(key);
    this.#clients.get(key)?.close();
    this.#clients.delete(key);
  }
}

/**
 * What those of HTTP/1 call themselves: some clients that send HTTP/1.0 offer that name alone (RFC 7301's registry has both), and
 * are answered as they would be in plain text.
 */
const HTTP1 = ["http/1.1", "http/1.0"];

/** The names of ALPN that a listener agrees on, the preferred first. */
function protocolsOf(listener: ListenerConfig): readonly string[] {
  if (listener.kind === "tcp" || listener.kind === "udp") return [];
  return listener.http2 === false ? HTTP1 : ["h2", ...HTTP1];
}

function serverKey(listener: ListenerConfig): string | undefined {
  if (listener.kind === "udp" || !listener.tls) return undefined;
  return `server ${JSON.stringify([protocolsOf(listener), listener.tls])}`;
}

function clientKey({ tls, protocol = "http1" }: UpstreamConfig): string | undefined {
  return tls ? `client ${JSON.stringify([protocol, tls])}` : undefined;
}
