/** What stands in front of a connection that another proxy has made for its client. */
export interface ProxyHeader {
  readonly version: 1 | 2;
  /**
   * Who is connected to whom. Undefined where the sender does not say, or speaks for itself (`UNKNOWN`, `LOCAL`, such as in a
   * health check): then the connection's own addresses hold.
   */
  readonly addresses: ProxyAddresses | undefined;
  /** What version 2 has behind the addresses, in its order; those that nobody here knows too. */
  readonly extras: readonly ProxyExtra[];
}

export type ProxyAddresses =
  | {
      readonly family: "ip";
      readonly transport: ProxyTransport;
      readonly source: Address;
      readonly destination: Address;
    }
  /** Paths; an abstract one begins with a zero. */
  | {
      readonly family: "unix";
      readonly transport: ProxyTransport;
      readonly source: string;
      readonly destination: string;
    };

export type ProxyTransport = "stream" | "datagram";

/** An address of IPv4 or IPv6, and a port. */
export interface Address {
  /** In its canonical spelling (RFC 5952). */
  readonly address: string;
  /** 0 to 65535. */
  readonly port: number;
}

/** A value of version 2 with its type (TLV). */
export interface ProxyExtra {
  readonly type: number;
  readonly value: Uint8Array;
}

/** The registered types of extras (proxy-protocol.txt, section 2.2). The checksum is verified wherever it is there. */
export const PROXY_EXTRA = Object.freeze({
  alpn: 0x01,
  authority: 0x02,
  crc32c: 0x03,
  noop: 0x04,
  uniqueId: 0x05,
  ssl: 0x20,
  netns: 0x30,
});

/** What the first bytes of a connection are. */
export type ProxyHeaderReading =
  /** They may become a header: more are needed. */
  | { readonly kind: "more" }
  /** A header, `length` bytes long; what is behind it is the client's. */
  | { readonly kind: "header"; readonly header: ProxyHeader; readonly length: number }
  | { readonly kind: "malformed" };
