import { CodedError, type ErrorRow } from "../errors/index.ts";

/** What can happen to those who wait, send or ask to be let in. */
export const FLOW_ERRORS = {
  STORE_LOST: { message: "the store of a shared limit did not answer", retryable: true },
  OVERLOADED: { message: "turned away, as there is more to do than can be done in time", retryable: true },
  CHANNEL_FULL: { message: "the channel is full", retryable: true },
  CHANNEL_CLOSED: { message: "the channel is closed", retryable: false },
  TOO_MANY_WAITING: { message: "too many already wait their turn", retryable: true },
  CREDITS_CLOSED: { message: "no more credits will be granted", retryable: false },
  SPILL_FULL: { message: "the queue's share of the disk is used up", retryable: true },
  SPILL_ITEM_TOO_LARGE: { message: "the item takes more bytes than the queue allows", retryable: false },
  SPILL_CORRUPT: { message: "a part of the queue on disk is damaged", retryable: false },
  SPILL_LOCKED: { message: "another queue has the folder open", retryable: true },
  SPILL_TOO_NEW: { message: "the queue on disk was written by a newer version", retryable: false },
  SPILL_FAILED: { message: "the disk failed the queue", retryable: false },
  SPILL_CLOSED: { message: "the queue is closed", retryable: false },
} as const satisfies Record<string, ErrorRow>;

/** The codes of the table. */
export type FlowErrorCode = keyof typeof FLOW_ERRORS;

/** An error of `trestle/flow`; match its `code`. */
export class FlowError extends CodedError<FlowErrorCode> {
  constructor(
    code: FlowErrorCode,
    options: { message?: string; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    const { message, ...rest } = options;
    super(code, message ?? FLOW_ERRORS[code].message, { retryable: FLOW_ERRORS[code].retryable, ...rest });
  }
}
