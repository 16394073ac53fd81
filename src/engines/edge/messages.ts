/**
 * What the edge uses of a message in either direction, and no more: named as Node's own classes name it, which satisfy these
 * interfaces too.
 */

/** A body as it arrives. */
export interface IncomingBody {
  /** Whether it has arrived whole. */
  readonly complete: boolean;
  /** Bytes that have arrived and have not been taken. */
  readonly readableLength: number;
  /** Names and values in turn; filled once the body is complete. */
  readonly rawTrailers: readonly string[];
  on(event: "data", listener: (chunk: Buffer) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  pause(): unknown;
  resume(): unknown;
  destroy(): unknown;
}

/** An upstream's answer: its head, and its body as it arrives. */
export interface AnswerMessage extends IncomingBody {
  readonly statusCode: number;
  readonly statusMessage: string;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
  /** The protocol that it names by `Upgrade`, if any. */
  readonly upgrade: string | undefined;
}
