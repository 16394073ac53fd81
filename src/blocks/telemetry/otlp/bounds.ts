/** How much of a request is read at most. What lies beyond within an item is left out; the item itself is taken. */
export interface DecodeBounds {
  /** Levels of lists and maps within an attribute or a body. Deeper values are read as `null`. Default 16, at most 64. */
  readonly depthMax: number;
  /** Attributes of each resource, item, event, link or point, and entries of each list or map. Default 512. */
  readonly attributesMax: number;
  /** Events of a span, and links; exemplars of a point. Default 512. */
  readonly eventsMax: number;
  /** Buckets of a histogram; a point with more is refused. Default 4,096. */
  readonly bucketsMax: number;
  /** The size of one span, point or log record in bytes; a larger one is refused. Default 1 MiB. */
  readonly itemBytesMax: number;
  /** Items, or places looked at, after which a batch is given away although more of it is there. Default 256. */
  readonly batchMax: number;
  /** Bytes after which a batch is given away. Default 128 KiB. */
  readonly batchBytesMax: number;
}

export const DECODE_BOUNDS: DecodeBounds = {
  depthMax: 16,
  attributesMax: 512,
  eventsMax: 512,
  bucketsMax: 4_096,
  itemBytesMax: 1024 * 1024,
  batchMax: 256,
  batchBytesMax: 128 * 1024,
};

/** Why an item was refused. `unsupported`: a summary, which is not read. */
export type Refusal = "malformed" | "too-large" | "unsupported";

/** What became of a request's items. Counts add up over the requests that it is passed to. */
export class Tally {
  taken = 0;
  malformed = 0;
  tooLarge = 0;
  unsupported = 0;
  /** In words, of the last refused. */
  problem = "";

  get refused(): number {
    return this.malformed + this.tooLarge + this.unsupported;
  }

  refuse(reason: Refusal, problem: string, count = 1): void {
    this.problem = problem;
    if (reason === "malformed") this.malformed += count;
    else if (reason === "too-large") this.tooLarge += count;
    else this.unsupported += count;
  }
}
