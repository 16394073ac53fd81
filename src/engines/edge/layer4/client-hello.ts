/** What a TLS client asks for before anything is encrypted. */
export interface ClientHello {
  /** The name of the server (SNI), in lower case; undefined when the client names none. */
  readonly serverName: string | undefined;
  /** The protocols that it offers inside (ALPN), in its order: `h2`, `http/1.1`. */
  readonly protocols: readonly string[];
}

/** What the first bytes of a connection are. */
export type ClientHelloReading =
  /** They may become a ClientHello: more are needed. */
  | { readonly kind: "more" }
  | { readonly kind: "hello"; readonly hello: ClientHello }
  /** These are not the first bytes of a TLS client. */
  | { readonly kind: "other" }
  /** A TLS client's, but not by the grammar, or larger than the bound. */
  | { readonly kind: "malformed" };

/** The largest beginning that is looked at, in bytes: with keys of post-quantum algorithms clients send about 2 KiB. */
export const CLIENT_HELLO_BYTES = 16 * 1_024;

const RECORD_HEADER_BYTES = 5;
const RECORD_BYTES_MAX = 1 << 14;
const CONTENT_HANDSHAKE = 22;
const HANDSHAKE_HEADER_BYTES = 4;
const TYPE_CLIENT_HELLO = 1;
const VERSION_MAJOR = 3;
const RANDOM_BYTES = 32;
const EXTENSION_SERVER_NAME = 0;
const EXTENSION_ALPN = 16;
const NAME_TYPE_HOST = 0;
const HOST_NAME_MAX = 255;

/**
 *     record      = type (1) = 22  version (2)  length (2)  fragment             (RFC 8446, section 5.1)
 *     handshake   = type (1) = 1   length (3)   client-hello                     (section 4)
 *     client-hello = version (2) random (32) session-id<0..32> cipher-suites<2..> compression<1..255> [ extensions<0..> ]
 *
 * Reads a ClientHello, of TLS 1.0 to 1.3, from all that has arrived of a connection, over as many records as the client has made of
 * it. Pure, and never throws.
 */
export function parseClientHello(bytes: Uint8Array): ClientHelloReading {
  if (bytes.length > 0 && bytes[0] !== CONTENT_HANDSHAKE) return { kind: "other" };
  if (bytes.length > 1 && bytes[1] !== VERSION_MAJOR) return { kind: "other" };
  if (bytes.length > RECORD_HEADER_BYTES && bytes[RECORD_HEADER_BYTES] !== TYPE_CLIENT_HELLO)
    return { kind: "other" };
  const message = handshakeIn(bytes);
  if (message === "more" && bytes.length >= CLIENT_HELLO_BYTES) return { kind: "malformed" };
  if (typeof message === "string") return { kind: message };
  const hello = readHello(new Cursor(message));
  return hello ? { kind: "hello", hello } : { kind: "malformed" };
}

/** The body of the first handshake message, put together from its records. */
function handshakeIn(bytes: Uint8Array): Uint8Array | "more" | "malformed" {
  const pieces: Uint8Array[] = [];
  let gathered = 0;
  /** With its header; -1 while that has not arrived. */
  let wanted = -1;
  for (let at = 0; at + RECORD_HEADER_BYTES <= bytes.length; ) {
    if (bytes[at] !== CONTENT_HANDSHAKE || bytes[at + 1] !== VERSION_MAJOR) return "malformed";
    const length = ((bytes[at + 3] ?? 0) << 8) | (bytes[at + 4] ?? 0);
    if (length === 0 || length > RECORD_BYTES_MAX) return "malformed";
    at += RECORD_HEADER_BYTES;
    const piece = bytes.subarray(at, at + length);
    pieces.push(piece);
    gathered += piece.length;
    at += length;
    if (wanted < 0 && gathered >= HANDSHAKE_HEADER_BYTES) {
      const [, high = 0, middle = 0, low = 0] = joined(pieces, HANDSHAKE_HEADER_BYTES);
      wanted = HANDSHAKE_HEADER_BYTES + ((high << 16) | (middle << 8) | low);
      if (wanted > CLIENT_HELLO_BYTES) return "malformed";
    }
    if (wanted >= 0 && gathered >= wanted) return joined(pieces, wanted).subarray(HANDSHAKE_HEADER_BYTES);
  }
  return "more";
}

/** The first `length` bytes of the pieces. */
function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = pieces;
  if (first && first.length >= length) return first.subarray(0, length);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    if (at >= length) break;
    whole.set(piece.subarray(0, length - at), at);
    at += piece.length;
  }
  return whole;
}

function readHello(cursor: Cursor): ClientHello | undefined {
  if (cursor.number(1) !== VERSION_MAJOR) return undefined;
  cursor.number(1);
  cursor.bytes(RANDOM_BYTES);
  const sessionId = cursor.vector(1);
  const suites = cursor.vector(2);
  const compression = cursor.vector(1);
  if (cursor.isBroken || sessionId.left > 32 || suites.left < 2 || compression.left < 1) return undefined;
  // Before TLS 1.3 the extensions may be missing altogether.
  if (cursor.left === 0) return { serverName: undefined, protocols: [] };
  const extensions = cursor.vector(2);
  if (cursor.isBroken || cursor.left > 0) return undefined;
  return readExtensions(extensions);
}

function readExtensions(extensions: Cursor): ClientHello | undefined {
  let serverName: string | undefined;
  let protocols: string[] | undefined;
  while (extensions.left > 0) {
    const type = extensions.number(2);
    const body = extensions.vector(2);
    if (extensions.isBroken) return undefined;
    if (type === EXTENSION_SERVER_NAME) {
      if (serverName !== undefined) return undefined;
      serverName = readServerName(body);
      if (serverName === undefined) return undefined;
    } else if (type === EXTENSION_ALPN) {
      if (protocols) return undefined;
      protocols = readProtocols(body);
      if (!protocols) return undefined;
    }
  }
  return { serverName, protocols: protocols ?? [] };
}

/** A list that has room for names of other kinds, of which there are none, and holds one name (RFC 6066, section 3). */
function readServerName(body: Cursor): string | undefined {
  const list = body.vector(2);
  const type = list.number(1);
  const name = list.vector(2);
  const length = name.left;
  if (body.isBroken || list.isBroken || body.left > 0 || list.left > 0) return undefined;
  if (type !== NAME_TYPE_HOST || length === 0 || length > HOST_NAME_MAX) return undefined;
  return hostName(name.bytes(length));
}

function readProtocols(body: Cursor): string[] | undefined {
  const list = body.vector(2);
  if (body.isBroken || body.left > 0 || list.left === 0) return undefined;
  const protocols: string[] = [];
  while (list.left > 0) {
    const name = list.vector(1);
    if (list.isBroken || name.left === 0) return undefined;
    protocols.push(String.fromCharCode(...name.bytes(name.left)));
  }
  return protocols;
}

/** Letters, digits, hyphens, underscores and dots, in lower case; undefined for anything else, which no server has for a name. */
function hostName(bytes: Uint8Array): string | undefined {
  let name = "";
  for (const byte of bytes) {
    const lower = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    const isLetter = lower >= 0x61 && lower <= 0x7a;
    const isDigit = lower >= 0x30 && lower <= 0x39;
    if (!isLetter && !isDigit && lower !== 0x2d && lower !== 0x2e && lower !== 0x5f) return undefined;
    name += String.fromCharCode(lower);
  }
  return name;
}

/** Reads forward; asked for more than there is, it is broken, and gives zeros and nothing. */
class Cursor {
  isBroken = false;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  number(size: 1 | 2): number {
    const [first = 0, second = 0] = this.bytes(size);
    return size === 1 ? first : (first << 8) | second;
  }

  bytes(count: number): Uint8Array {
    if (count > this.left) {
      this.isBroken = true;
      return new Uint8Array(0);
    }
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** What a length of so many bytes stands before. */
  vector(lengthBytes: 1 | 2): Cursor {
    return new Cursor(this.bytes(this.number(lengthBytes)));
  }
}
