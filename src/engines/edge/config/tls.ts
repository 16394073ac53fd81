/** TLS that ends at the edge. At least one certificate, or `local`. */
export interface ListenerTlsConfig {
  /** The first is shown to clients that name no server, or an unknown one. Others are chosen by their names (SNI). */
  readonly certificates?: readonly CertificateConfig[];
  /** For development: certificates are made on demand for these names by an authority of the edge's own. */
  readonly local?: LocalAuthorityConfig;
  /** Default `"TLSv1.2"`. */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3";
  /** Asks clients for certificates. Default: none are asked for. */
  readonly clients?: ClientCertificateConfig;
  /** Sessions can be resumed for so long. Default 2 h; 0: never. Ticket keys change at half that time, and are shared by the workers of one edge. */
  readonly sessionMs?: number;
}

/** Files are read again when they change, a moment after the last change, and only taken when key and certificate fit. */
export interface CertificateConfig {
  /** A PEM file: the certificate, then its intermediates. */
  readonly certificateFile: string;
  /** A PEM file. */
  readonly keyFile: string;
}

/** An authority on this machine, whose root certificate people may choose to trust. */
export interface LocalAuthorityConfig {
  /** Where root certificate and key are kept (`root.pem`, `root-key.pem`, readable by the owner only); made when missing. */
  readonly folder: string;
  /** Names and addresses, `"*.shop.localhost"` too. Default `localhost`, `*.localhost`, `127.0.0.1`, `::1`. */
  readonly names?: readonly string[];
}

export interface ClientCertificateConfig {
  /** A PEM file of authorities. */
  readonly authorityFile: string;
  /** Whether a client without a valid one is refused in the handshake. Default true; else the upstream is told what there is. */
  readonly required?: boolean;
}

/** TLS to the endpoints of an upstream. */
export interface UpstreamTlsConfig {
  /** The name that certificates are checked against and servers are asked for (SNI). Default: the endpoint's host. */
  readonly serverName?: string;
  /** A PEM file of authorities. Default: those that the runtime trusts. */
  readonly authorityFile?: string;
  /** Shown to servers that ask for one. */
  readonly certificate?: CertificateConfig;
  /** Accepts any certificate. For experiments only. Default false. */
  readonly insecure?: boolean;
}
