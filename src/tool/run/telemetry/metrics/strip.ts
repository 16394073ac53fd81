import { ByteReader, ByteWriter } from "./number-code.ts";

/** Bytes of entries that are kept in one piece; the piece that is written to grows up to it. */
const PIECE_BYTES = 768;
const FIRST_PIECE_BYTES = 64;
/** What a piece costs beside its bytes: the array, its buffer, and the object that holds them. Measured. */
const PIECE_OVERHEAD_BYTES = 224;
/** A length below this stands in one byte at an entry's end; others in three bytes before this mark. */
const LONG = 255;

/** Where bytes are booked, so that the whole knows its size at any time. */
export interface Account {
  bytes: number;
}

interface Piece {
  readonly bytes: Uint8Array;
  readonly fromMs: number;
  readonly toMs: number;
}

/** One entry's payload: a number, and of histograms how many fell into which bucket (rising ids). */
export interface Entry {
  value: number;
  /** How many of the two arrays below count. */
  used: number;
  readonly ids: number[];
  readonly counts: number[];
}

const writer = new ByteWriter();

/**
 * Entries in the order of time, each of them for the stretch between the one before and its own end, packed into bytes. A value of NaN
 * says that nothing is known of the stretch. Read from the newest back: each entry ends with its own length. Pure.
 *
 *   entry    = Δt:varint value:number [used:varint {Δid:varint count:number}] length
 *   length   = byte below 255 | three bytes, the lowest first, and 255
 */
export class Strip {
  /** The strip tells of (fromMs, toMs]. */
  fromMs: number;
  toMs: number;
  readonly hasBuckets: boolean;
  readonly #account: Account;
  #pieces: Piece[] | undefined;
  #head: Uint8Array = new Uint8Array(FIRST_PIECE_BYTES);
  #headFromMs: number;
  #length = 0;
  /** Bytes of the newest entry; it is always in the head. */
  #lastLength = 0;
  #lastFromMs: number;

  constructor(fromMs: number, hasBuckets: boolean, account: Account) {
    this.fromMs = fromMs;
    this.toMs = fromMs;
    this.#headFromMs = fromMs;
    this.#lastFromMs = fromMs;
    this.hasBuckets = hasBuckets;
    this.#account = account;
    account.bytes += FIRST_PIECE_BYTES + PIECE_OVERHEAD_BYTES;
  }

  get isEmpty(): boolean {
    return this.#lastLength === 0;
  }

  /** Where the newest entry begins. */
  get lastFromMs(): number {
    return this.#lastFromMs;
  }

  /** Adds an entry that lasts from `toMs` to `endMs`, whole milliseconds and later than that. */
  append(endMs: number, entry: Entry): void {
    writeEntry(endMs - this.toMs, entry, this.hasBuckets);
    if (this.#length + writer.length > PIECE_BYTES && this.#length > 0) this.#seal();
    if (this.#length + writer.length > this.#head.length) this.#grow(this.#length + writer.length);
    this.#head.set(writer.bytes.subarray(0, writer.length), this.#length);
    this.#length += writer.length;
    this.#lastLength = writer.length;
    this.#lastFromMs = this.toMs;
    this.toMs = endMs;
  }

  /** Writes the newest entry anew: it may last longer now, or hold more. */
  replaceLast(endMs: number, entry: Entry): void {
    this.#length -= this.#lastLength;
    this.toMs = this.#lastFromMs;
    this.append(endMs, entry);
  }

  /** Lets go of whole pieces that are older than `ms`. */
  dropBefore(ms: number): void {
    const pieces = this.#pieces;
    if (!pieces) return;
    let count = 0;
    while (count < pieces.length && (pieces[count]?.toMs ?? Number.POSITIVE_INFINITY) <= ms) count++;
    if (count === 0) return;
    for (const piece of pieces.splice(0, count)) {
      this.#account.bytes -= piece.bytes.length + PIECE_OVERHEAD_BYTES;
    }
    this.fromMs = pieces[0]?.fromMs ?? this.#headFromMs;
  }

  /** Takes everything off the account: the strip is thrown away. */
  release(): void {
    for (const piece of this.#pieces ?? []) this.#account.bytes -= piece.bytes.length + PIECE_OVERHEAD_BYTES;
    this.#account.bytes -= this.#head.length + PIECE_OVERHEAD_BYTES;
    this.#pieces = undefined;
  }

  /** The newest piece, then those before it; undefined when there are no more. For the cursor. */
  piece(back: number): { bytes: Uint8Array; length: number; fromMs: number; toMs: number } | undefined {
    if (back === 0)
      return { bytes: this.#head, length: this.#length, fromMs: this.#headFromMs, toMs: this.toMs };
    const piece = this.#pieces?.at(-back);
    return piece && { ...piece, length: piece.bytes.length };
  }

  #seal(): void {
    this.#pieces ??= [];
    const bytes = this.#head.slice(0, this.#length);
    this.#pieces.push({ bytes, fromMs: this.#headFromMs, toMs: this.toMs });
    this.#account.bytes += bytes.length + PIECE_OVERHEAD_BYTES;
    this.#headFromMs = this.toMs;
    this.#length = 0;
  }

  #grow(needed: number): void {
    const size = Math.max(needed, Math.min(PIECE_BYTES, this.#head.length * 2));
    const larger = new Uint8Array(size);
    larger.set(this.#head.subarray(0, this.#length));
    this.#account.bytes += size - this.#head.length;
    this.#head = larger;
  }
}

/** Reads a strip from its newest entry back. One cursor serves many strips, one after the other. */
export class StripCursor implements Entry {
  fromMs = 0;
  toMs = 0;
  value = 0;
  used = 0;
  readonly ids: number[] = [];
  readonly counts: number[] = [];
  readonly #reader = new ByteReader();
  #strip: Strip | undefined;
  #back = 0;
  #position = 0;
  #nextToMs = 0;

  /** Begins behind the newest entry that reaches over a moment before `beforeMs`: pieces that are newer are passed over. */
  open(strip: Strip, beforeMs = Number.POSITIVE_INFINITY): void {
    this.#strip = strip;
    this.#back = 0;
    while (!this.#enter(beforeMs)) this.#back++;
  }

  /** Takes the next older entry into this object's fields; false when there is none. */
  previous(): boolean {
    if (!this.#strip) return false;
    while (this.#position === 0) {
      this.#back++;
      if (!this.#strip.piece(this.#back)) return false;
      this.#enter(Number.POSITIVE_INFINITY);
    }
    const reader = this.#reader;
    let end = this.#position - 1;
    let length = reader.bytes[end] ?? 0;
    if (length === LONG) {
      end -= 3;
      reader.at = end;
      length = reader.fixed3();
    }
    this.#position = end - length;
    reader.at = this.#position;
    this.toMs = this.#nextToMs;
    this.fromMs = this.toMs - reader.varint();
    this.#nextToMs = this.fromMs;
    this.value = reader.number();
    this.used = 0;
    if (this.#strip.hasBuckets) this.#readBuckets();
    return true;
  }

  #readBuckets(): void {
    const reader = this.#reader;
    const used = reader.varint();
    let id = 0;
    for (let index = 0; index < used; index++) {
      id += reader.varint();
      this.ids[index] = id;
      this.counts[index] = reader.number();
    }
    this.used = used;
  }

  /** Whether the piece is one to begin with, or there is none. */
  #enter(beforeMs: number): boolean {
    const piece = this.#strip?.piece(this.#back);
    this.#position = piece?.length ?? 0;
    if (!piece) return true;
    this.#reader.bytes = piece.bytes;
    this.#nextToMs = piece.toMs;
    return piece.fromMs < beforeMs;
  }
}

function writeEntry(durationMs: number, entry: Entry, hasBuckets: boolean): void {
  writer.length = 0;
  writer.varint(durationMs);
  writer.number(entry.value);
  if (hasBuckets) {
    writer.varint(entry.used);
    let before = 0;
    for (let index = 0; index < entry.used; index++) {
      const id = entry.ids[index] ?? 0;
      writer.varint(id - before);
      writer.number(entry.counts[index] ?? 0);
      before = id;
    }
  }
  const length = writer.length;
  if (length >= LONG) writer.fixed3(length);
  writer.byte(Math.min(length, LONG));
}
