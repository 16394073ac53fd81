import { connect, type Socket } from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import type { UpstreamConfig } from "./config/index.ts";
import { checkOf } from "./health/health-check.ts";
import { tcpCheck } from "./health/tcp-check.ts";
import { http2Check } from "./http2/http2-check.ts";
import { SessionPool } from "./http2/upstream-pool.ts";
import { type TlsTarget, tlsFailureOf, type UpstreamTls } from "./tls/index.ts";
import { type Dialer, type OnRead, plainDialer } from "./upstream/dialer.ts";
import type { LinkClient } from "./upstream/link-pool.ts";
import { ConnectionPool } from "./upstream/pool.ts";
import { sendProxyHeader } from "./upstream/sent-proxy-header.ts";
import type { Transport } from "./upstream/transport.ts";

type ProxyVersion = UpstreamConfig["sendProxy"];

/** How the endpoints of an upstream are reached: see `UpstreamConfig.protocol`, `tls` and `sendProxy`. `tls`: what was opened for it. */
export function transportOf(config: UpstreamConfig, tls: UpstreamTls | undefined): Transport {
  const { protocol = "http1", sendProxy } = config;
  const open = (target: TlsTarget) => opened(target, tls, sendProxy);
  if (protocol === "http2") {
    const scheme = tls ? "https" : "http";
    return {
      pool: (options) => new SessionPool({ ...options, open: () => open(options), scheme }),
      check: (check) => (check.kind === "tcp" ? tcpCheck(open) : http2Check(check, open, scheme)),
    };
  }
  return {
    pool(options) {
      const { host, port } = options;
      const dialer = dialerOf({ host, port }, tls, sendProxy);
      return new ConnectionPool({ ...options, dialer, perClient: sendProxy !== undefined });
    },
    check: (check) => checkOf(check, open),
  };
}

/** A connection of the edge's own, such as for a health check. */
function opened(target: TlsTarget, tls: UpstreamTls | undefined, sendProxy: ProxyVersion): Socket {
  const { host, port } = target;
  if (!tls) {
    const socket = connect({ host, port, noDelay: true });
    if (sendProxy) sendProxyHeader(socket, sendProxy, undefined);
    return socket;
  }
  return secured(target, tls, sendProxy, undefined, undefined);
}

function dialerOf(target: TlsTarget, tls: UpstreamTls | undefined, sendProxy: ProxyVersion): Dialer {
  const plain = plainDialer(target.host, target.port);
  if (tls) {
    return {
      mustStand: true,
      dial: (client, onread) => ({
        socket: secured(target, tls, sendProxy, client, onread),
        stands: "secureConnect",
        reads: onread !== undefined && sendProxy === undefined,
      }),
      problemOf: (socket) => tls.problemOf(socket as TLSSocket),
      failureOf: tlsFailureOf,
    };
  }
  if (!sendProxy) return plain;
  return {
    ...plain,
    dial(client, onread) {
      const dialed = plain.dial(client, onread);
      sendProxyHeader(dialed.socket, sendProxy, client);
      return dialed;
    },
  };
}

/** The PROXY header goes before TLS, in plain text, on a connection that TLS then begins on. */
function secured(
  target: TlsTarget,
  tls: UpstreamTls,
  sendProxy: ProxyVersion,
  client: LinkClient | undefined,
  onread: OnRead | undefined,
): TLSSocket {
  // Node passes them on to the TCP connection underneath; the types do not say so.
  const settings = { noDelay: true, ...(onread ? { onread } : {}) } as ConnectionOptions;
  if (!sendProxy) return tls.connect(target, settings);
  const socket = connect({ host: target.host, port: target.port, noDelay: true });
  sendProxyHeader(socket, sendProxy, client);
  return tls.connect(target, { socket });
}
