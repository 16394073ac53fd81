import { connect, type Socket } from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import type { EdgeConfig, UpstreamConfig } from "./config/index.ts";
import { checkOf } from "./health/health-check.ts";
import type { EdgeTls } from "./tls/edge-tls.ts";
import type { TlsTarget, UpstreamTls } from "./tls/index.ts";
import { tlsFailureOf } from "./tls/upstream-tls-failure.ts";
import { type Dialer, type OnRead, plainDialer } from "./upstream/dialer.ts";
import type { LinkClient } from "./upstream/link-pool.ts";
import { ConnectionPool } from "./upstream/pool.ts";
import { sendProxyHeader } from "./upstream/sent-proxy-header.ts";
import { plainTransport, type Transport, type TransportOf } from "./upstream/transport.ts";

type ProxyVersion = UpstreamConfig["sendProxy"];

/**
 * How the endpoints of a configuration's upstreams are reached: see `UpstreamConfig.protocol`, `tls` and `sendProxy`. HTTP/2 is loaded
 * only where it is spoken: it takes as much memory as all the rest.
 */
export async function transportsFor(config: EdgeConfig, tls: EdgeTls): Promise<TransportOf> {
  const speaksHttp2 = Object.values(config.upstreams).some(({ protocol }) => protocol === "http2");
  const http2Of = speaksHttp2 ? (await import("./http2/transport.ts")).http2Transport : undefined;
  return (upstream) => {
    const { protocol = "http1", sendProxy } = upstream;
    const client = tls.clientOf(upstream);
    if (protocol !== "http2" || !http2Of) return http1Transport(client, sendProxy);
    return http2Of((target) => opened(target, client, sendProxy), client ? "https" : "http");
  };
}

function http1Transport(tls: UpstreamTls | undefined, sendProxy: ProxyVersion): Transport {
  if (!tls && !sendProxy) return plainTransport;
  return {
    pool(options) {
      const { host, port } = options;
      const dialer = dialerOf({ host, port }, tls, sendProxy);
      return new ConnectionPool({ ...options, dialer, perClient: sendProxy !== undefined });
    },
    check: (check) => checkOf(check, (target) => opened(target, tls, sendProxy)),
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
