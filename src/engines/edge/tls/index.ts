/** TLS on both sides of the edge: connections of clients end it here, and those to endpoints speak it. */

/** A development authority's own certificates. */
export { LocalAuthority, openLocalAuthority } from "./authority/local-authority.ts";
/** What an upstream is told of a client's certificate. */
export { CLIENT_CERTIFICATE_FIELDS } from "./client-identity.ts";
/** Files that are taken up anew when they change. */
export { FileWatch } from "./file-watch.ts";
/** TLS as a server. */
export type { HandshakeRefusal, HandshakeUser } from "./handshake.ts";
export { openServerTls, type ServerTls, type ServerTlsOptions } from "./server-tls.ts";
export type { TlsEvent, TlsReport } from "./tls-event.ts";
/** TLS as a client. */
export {
  openUpstreamTls,
  type TlsTarget,
  type UpstreamTls,
  type UpstreamTlsOptions,
} from "./upstream-tls.ts";
export { tlsFailureOf } from "./upstream-tls-failure.ts";
