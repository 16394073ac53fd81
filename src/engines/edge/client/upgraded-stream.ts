import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/** A connection that is read by a callback, as a stream: for what follows an upgrade, which is no longer HTTP. */
export class UpgradedStream extends Duplex {
  readonly #socket: Socket;
  /** Tells the stream that what it wrote has been taken. */
  #written: () => void = () => {};

  /** Bytes that come are to be handed to `receive`. */
  constructor(socket: Socket) {
    super({ allowHalfOpen: true, autoDestroy: true });
    this.#socket = socket;
    socket.on("end", () => this.push(null));
    socket.on("drain", () => this.#written());
    socket.once("close", () => this.destroy());
  }

  /** The connection's next bytes, which are copied. */
  receive(bytes: Buffer): void {
    if (!this.push(Buffer.from(bytes))) this.#socket.pause();
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.#socket.write(chunk)) done();
    else this.#written = done;
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
