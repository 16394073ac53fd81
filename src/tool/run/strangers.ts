import type { Socket } from "node:net";

/**
 * The connections of a server on loopback over which nobody has shown its key yet. Every user of the machine can open such; when there
 * are too many, the oldest is closed for the newest, so that nobody holds all places and keeps those out who have the key.
 */
export class Strangers {
  readonly #max: number;
  /** In the order in which they came. */
  readonly #sockets = new Set<Socket>();

  /** `max`: how many there may be. */
  constructor(max: number) {
    this.#max = max;
  }

  /** How many there are. */
  get size(): number {
    return this.#sockets.size;
  }

  /** A connection was opened. */
  arrive(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.leave(socket));
    if (this.#sockets.size <= this.#max) return;
    const [oldest] = this.#sockets;
    if (!oldest) return;
    this.leave(oldest);
    oldest.destroy();
  }

  /** It has shown the key, or is closed. */
  leave(socket: Socket): void {
    this.#sockets.delete(socket);
  }
}
