import type { OnReadOpts } from "node:net";
import type { ByteFlow } from "./byte-flow.ts";

/** What most connections are read into, one after the other. */
const SHARED_BYTES = 64 * 1_024;
/** A reading from there on is a sign of many to come. */
const MANY_BYTES = 32 * 1_024;
/** A reading below is a sign that they are over. */
const FEW_BYTES = 16 * 1_024;
/** Measured: less than half the cost per byte of 64 KiB, and nothing is gained with 256. */
const LEASED_BYTES = 128 * 1_024;
/** 64 MiB in all. Beyond, what is read is copied, as for connections with little to say. */
const LEASES_MAX = 512;

let shared: Buffer | undefined;
const returned: Buffer[] = [];
let leases = 0;

/**
 * How the socket of a tunnel is read without a buffer for each reading: into one that all share, of which a copy goes on, and
 * while there is much to read into one of its own, which goes on as it is, and is written over once the other side has taken it.
 * Against a buffer for each reading that takes less than half the processor time per byte in bulk; small messages cost the same.
 */
export class LeasedReading {
  /** For the options of the socket; which is not to be resumed before the flow is known. */
  readonly onread: OnReadOpts;
  #flow: ByteFlow | undefined;
  #lease: Buffer | undefined;

  constructor() {
    this.onread = {
      buffer: () => this.#lease ?? sharedBuffer(),
      callback: (length, buffer) => this.#take((buffer as Buffer).subarray(0, length)),
    };
  }

  /** Where the bytes go. */
  set flow(flow: ByteFlow) {
    this.#flow = flow;
  }

  /** Both sockets are closed: nothing is read or written any more. */
  close(): void {
    this.#flow = undefined;
    if (this.#lease) this.#giveBack(this.#lease);
  }

  #take(bytes: Buffer): boolean {
    const flow = this.#flow;
    if (!flow) return true;
    const lease = this.#lease;
    if (!lease) {
      flow.write(Buffer.from(bytes));
      if (bytes.length >= MANY_BYTES) this.#lease = leased();
    } else if (flow.write(bytes) && bytes.length < FEW_BYTES) this.#giveBack(lease);
    return true;
  }

  #giveBack(lease: Buffer): void {
    this.#lease = undefined;
    returned.push(lease);
  }
}

function sharedBuffer(): Buffer {
  shared ??= Buffer.allocUnsafeSlow(SHARED_BYTES);
  return shared;
}

/** Undefined when all are in use. */
function leased(): Buffer | undefined {
  const free = returned.pop();
  if (free) return free;
  if (leases === LEASES_MAX) return undefined;
  leases += 1;
  return Buffer.allocUnsafeSlow(LEASED_BYTES);
}
