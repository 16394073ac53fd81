import { type OnReadOpts, Socket } from "node:net";

const READ_BYTES = 64 * 1024;
/** All connections are read into it, one after the other: what outlives the reading is copied. */
let shared: Buffer | undefined;

/** What of a socket Node does not document, and this file relies on; a test says so when it is gone. */
interface Inside {
  _handle: object | null;
  _server: object | null;
}

/**
 * Takes over a connection that was accepted and not read from (`pauseOnConnect`), so that it is read into one buffer for all
 * connections: `onBytes` is told of what came, which is written over as soon as it returns. Node does the same with `onread` for
 * connections that it makes itself, and offers nothing for those that it accepts. It saves a buffer, and the way through a
 * stream, for each reading: a twelfth of what a small request costs.
 */
export function readShared(accepted: Socket, onBytes: (bytes: Buffer) => void): Socket {
  shared ??= Buffer.allocUnsafeSlow(READ_BYTES);
  return takeOver(accepted, {
    buffer: shared,
    callback(length: number, buffer: Uint8Array) {
      onBytes((buffer as Buffer).subarray(0, length));
      return true;
    },
  });
}

/**
 * Takes over an accepted connection as a socket that is read as `onread` says. With `paused` it is not read before it is resumed;
 * the accepted one may then have been read from, if nothing of that is left in it.
 */
export function takeOver(accepted: Socket, onread: OnReadOpts, paused = false): Socket {
  const inside = accepted as unknown as Inside;
  const options = { handle: inside._handle, allowHalfOpen: true, pauseOnCreate: paused, onread };
  const socket = new Socket(options as ConstructorParameters<typeof Socket>[0]);
  // The server counts its connections by those that tell it of their end.
  (socket as unknown as Inside)._server = inside._server;
  inside._handle = null;
  inside._server = null;
  return socket;
}
