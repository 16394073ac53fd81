import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { FlowError } from "../errors.ts";
import { FORMAT_VERSION, getSequence, setSequence, viewOf } from "./record.ts";

/** How far a queue has come. */
export interface Position {
  /** Every item up to this sequence number has been acknowledged, and is not delivered again. */
  readonly acknowledged: number;
  /** Every item on disk up to this one was forced to the disk: if one is missing, something other than a crash took it. */
  readonly durable: number;
}

const MAGIC = 0x73_6f_70_73; // "spos"
const SLOT_BYTES = 36;
/** Each slot in a sector of its own: a torn write can spoil one, not both. */
const SLOT_STRIDE = 512;

/**
 * A file of two slots, written in turns: one is always whole, so that there is never an empty or half-written position.
 * A lost write sets the queue back, and items are delivered again; it never skips one.
 */
export class PositionFile {
  readonly #file: FileHandle;
  #turn: number;
  #written = Promise.resolve();

  private constructor(file: FileHandle, turn: number) {
    this.#file = file;
    this.#turn = turn;
  }

  /** Opens the folder's position, or begins one. @throws FlowError `SPILL_TOO_NEW` */
  static async open(folder: string): Promise<{ file: PositionFile; position: Position }> {
    const path = join(folder, "position");
    const file = await open(path, "a+", 0o600)
      .then((made) => made.close())
      .then(() => open(path, "r+"));
    try {
      const bytes = new Uint8Array(SLOT_STRIDE + SLOT_BYTES);
      await file.read(bytes, 0, bytes.length, 0);
      let [turn, position]: [number, Position] = [0, { acknowledged: 0, durable: 0 }];
      for (const at of [0, SLOT_STRIDE]) {
        const slot = readSlot(bytes.subarray(at, at + SLOT_BYTES), path);
        if (slot && slot.turn > turn) [turn, position] = [slot.turn, slot.position];
      }
      return { file: new PositionFile(file, turn), position };
    } catch (thrown) {
      await file.close();
      throw thrown;
    }
  }

  /** Replaces the position, after whatever is being written. `force` waits until the disk has it. */
  write(position: Position, options: { readonly force: boolean }): Promise<void> {
    const write = () => this.#write(position, options);
    this.#written = this.#written.then(write, write);
    return this.#written;
  }

  async #write(position: Position, options: { readonly force: boolean }): Promise<void> {
    const turn = ++this.#turn;
    const bytes = new Uint8Array(SLOT_BYTES);
    const view = viewOf(bytes);
    view.setUint32(0, MAGIC, true);
    view.setUint16(4, FORMAT_VERSION, true);
    setSequence(view, 8, turn);
    setSequence(view, 16, position.acknowledged);
    setSequence(view, 24, position.durable);
    view.setUint32(32, crc32(bytes.subarray(0, 32)), true);
    await this.#file.write(bytes, 0, SLOT_BYTES, (turn % 2) * SLOT_STRIDE);
    if (options.force) await this.#file.datasync();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

function readSlot(bytes: Uint8Array, path: string): { turn: number; position: Position } | undefined {
  const view = viewOf(bytes);
  if (view.getUint32(0, true) !== MAGIC || view.getUint32(32, true) !== crc32(bytes.subarray(0, 32))) {
    return undefined;
  }
  const version = view.getUint16(4, true);
  if (version > FORMAT_VERSION) {
    throw new FlowError("SPILL_TOO_NEW", { details: { file: path, version, known: FORMAT_VERSION } });
  }
  const position = { acknowledged: getSequence(view, 16), durable: getSequence(view, 24) };
  return { turn: getSequence(view, 8), position };
}
