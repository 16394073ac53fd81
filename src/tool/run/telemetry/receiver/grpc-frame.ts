/** The one message of a unary call of gRPC. Pure. */

/** Why there is no message: it is too long, or what came is not one message. */
export type FrameProblem = "too-large" | "malformed";

/** Bytes of a message's prefix. */
export const PREFIX_BYTES = 5;

/** A message as it stood on the wire. */
export interface GrpcMessage {
  readonly isCompressed: boolean;
  readonly bytes: Uint8Array;
}

/**
 * Reads `Length-Prefixed-Message` (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md): a byte that says whether it is
 * compressed, four of its length, and the message. There has to be exactly one.
 */
export function messageOfFrame(body: Uint8Array): GrpcMessage | "malformed" {
  if (body.length < PREFIX_BYTES) return "malformed";
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const flag = view.getUint8(0);
  if (flag > 1 || view.getUint32(1) !== body.length - PREFIX_BYTES) return "malformed";
  return { isCompressed: flag === 1, bytes: body.subarray(PREFIX_BYTES) };
}

/** The same for an answer, which is not compressed. */
export function frameOf(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(PREFIX_BYTES + message.length);
  new DataView(frame.buffer).setUint32(1, message.length);
  frame.set(message, PREFIX_BYTES);
  return frame;
}

/** `grpc-message`: what is no printable ASCII, and the percent sign, is percent-encoded as UTF-8. */
export function encodeGrpcMessage(text: string): string {
  // Half of a pair would have `encodeURIComponent` throw.
  return text.toWellFormed().replace(/[^\x20-\x24\x26-\x7e]/gu, (char) => encodeURIComponent(char));
}
