import { RawClient } from "../../testing/servers.ts";

/** The types of frames (RFC 9113, section 6). */
export const FRAME = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const;

export const END_STREAM = 0x1;
export const ACK = 0x1;
export const END_HEADERS = 0x4;

/** A frame as it was received. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** A frame as bytes. */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A field as HPACK's literal without indexing (RFC 7541, section 6.2.2), whatever its characters. */
export function literal(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0]), string(name), string(value)]);
}

/** Fields of a request for `/`, and more behind them. */
export function requestFields(more: readonly (readonly [string, string])[] = []): [string, string][] {
  return [
    [":method", "GET"],
    [":scheme", "http"],
    [":path", "/"],
    [":authority", "a.example"],
    ...more.map((one): [string, string] => [...one]),
  ];
}

/** A HEADERS frame; by default the whole of a request. */
export function headers(
  stream: number,
  fields: readonly (readonly [string, string])[],
  flags: number = END_HEADERS | END_STREAM,
): Buffer {
  return frame(
    FRAME.HEADERS,
    flags,
    stream,
    Buffer.concat(fields.map(([name, value]) => literal(name, value))),
  );
}

/** RST_STREAM with a code. */
export function reset(stream: number, code: number): Buffer {
  return frame(FRAME.RST_STREAM, 0, stream, number32(code));
}

/** The frames that some bytes hold. */
export function framesIn(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  let at = 0;
  while (at + 9 <= bytes.length) {
    const length = bytes.readUIntBE(at, 3);
    if (at + 9 + length > bytes.length) break;
    frames.push({
      type: bytes[at + 3] ?? 0,
      flags: bytes[at + 4] ?? 0,
      stream: bytes.readUInt32BE(at + 5) & 0x7fff_ffff,
      payload: bytes.subarray(at + 9, at + 9 + length),
    });
    at += 9 + length;
  }
  return frames;
}

/** A client of HTTP/2 that says exactly what it is told. */
export class RawHttp2Client extends RawClient {
  constructor(port: number) {
    super(port);
    this.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    this.send(frame(FRAME.SETTINGS, 0, 0));
  }

  get frames(): Frame[] {
    return framesIn(Buffer.from(this.received, "latin1"));
  }

  /** The frames of one stream. */
  of(stream: number): Frame[] {
    return this.frames.filter((one) => one.stream === stream);
  }

  /** Resolves with the first frame that will do; rejects when the connection ends before. */
  async untilFrame(matches: (one: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const found = this.frames.find(matches);
      if (found) return found;
      if (this.socket.destroyed) throw new Error("the connection ended before");
      await new Promise<void>((resolve) => {
        const done = () => {
          this.socket.off("data", done).off("close", done);
          resolve();
        };
        this.socket.on("data", done).on("close", done);
      });
    }
  }

  /** Resolves with the code that a stream was reset with. */
  async untilReset(stream: number): Promise<number> {
    const found = await this.untilFrame((one) => one.type === FRAME.RST_STREAM && one.stream === stream);
    return found.payload.readUInt32BE(0);
  }

  /** Resolves with the code that the session was ended with. */
  async untilGoaway(): Promise<number> {
    const found = await this.untilFrame((one) => one.type === FRAME.GOAWAY);
    return found.payload.readUInt32BE(4);
  }
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const length = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest >>>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

function number32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
