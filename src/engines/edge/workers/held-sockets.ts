import type { ListenerConfig } from "../config/index.ts";
import {
  bindSocket,
  isSocketHandle,
  type SocketHandle,
  type SocketLookup,
  type Transport,
} from "./bound-socket.ts";
import { isSocketMessage, type SocketMessage } from "./messages.ts";

/** A bound socket, and the address that the configuration knows it by. */
export interface HeldSocket {
  readonly transport: Transport;
  readonly host: string;
  /** 0 where the system chose the port. */
  readonly port: number;
  readonly handle: SocketHandle;
}

/**
 * The sockets of an edge's listeners, held by whoever starts the processes that serve them. None is listened on here: while a
 * copy is held, connections that come wait in the kernel for the next process, instead of being refused.
 */
export class HeldSockets {
  #held: readonly HeldSocket[] = [];

  get all(): readonly HeldSocket[] {
    return this.#held;
  }

  /**
   * Holds a socket for each listener: one that is held already, or one that was received, or one bound now. Returns those that
   * are new. All or none: throws `EdgeError` `PORT_IN_USE` or `CANNOT_LISTEN`. Calls must follow each other.
   */
  async hold(listeners: readonly ListenerConfig[], received?: SocketLookup): Promise<readonly HeldSocket[]> {
    const free = [...this.#held];
    const added: HeldSocket[] = [];
    try {
      for (const listener of listeners) {
        const address = addressOf(listener);
        const at = free.findIndex((socket) => isAt(socket, address));
        if (at >= 0) {
          free.splice(at, 1);
          continue;
        }
        const { transport, host, port } = address;
        const handle = received?.(transport, host, port) ?? (await bindSocket(transport, host, port));
        added.push({ ...address, handle });
      }
    } catch (thrown) {
      for (const { handle } of added) handle.close();
      throw thrown;
    }
    this.#held = [...this.#held, ...added];
    return added;
  }

  /** Lets go of the sockets that none of these listeners has. */
  keepOnly(listeners: readonly ListenerConfig[]): void {
    const wanted = listeners.map(addressOf);
    this.#held = this.#held.filter((socket) => {
      const at = wanted.findIndex((address) => isAt(socket, address));
      if (at >= 0) wanted.splice(at, 1);
      else socket.handle.close();
      return at >= 0;
    });
  }

  /** Lets go of all. */
  close(): void {
    this.keepOnly([]);
  }
}

/** The sockets that a process was sent for one configuration. */
export class ReceivedSockets {
  #sockets: HeldSocket[] = [];

  /** Takes a message of the parent. False for one that brings no socket. */
  take(message: unknown, handle: unknown): boolean {
    if (!isSocketMessage(message)) return false;
    const { transport, host, port } = message;
    // The parent has died, or the handle was lost on its way: the listener binds a socket itself.
    if (isSocketHandle(handle)) this.#sockets.push({ transport, host, port, handle });
    return true;
  }

  /** Gives each socket away once. */
  readonly lookup: SocketLookup = (transport, host, port) => {
    const at = this.#sockets.findIndex((socket) => isAt(socket, { transport, host, port }));
    const [found] = at < 0 ? [] : this.#sockets.splice(at, 1);
    return found?.handle;
  };

  /** Closes those that nobody wanted. */
  close(): void {
    for (const { handle } of this.#sockets.splice(0)) handle.close();
  }
}

/** Whether one of these listeners is at an address that none of the others has. */
export function opensMore(next: readonly ListenerConfig[], current: readonly ListenerConfig[]): boolean {
  const free = current.map(addressOf);
  return next.map(addressOf).some((address) => {
    const at = free.findIndex((one) => isAt(one, address));
    if (at >= 0) free.splice(at, 1);
    return at < 0;
  });
}

/** The message that brings a socket. */
export function socketMessage({ transport, host, port }: HeldSocket): SocketMessage {
  return { type: "socket", transport, host, port };
}

type Address = Omit<HeldSocket, "handle">;

function addressOf({ kind, host, port }: ListenerConfig): Address {
  return { transport: kind === "udp" ? "udp" : "tcp", host, port };
}

function isAt(socket: Address, { transport, host, port }: Address): boolean {
  return socket.transport === transport && socket.host === host && socket.port === port;
}
