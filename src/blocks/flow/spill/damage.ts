import { FlowError } from "../errors.ts";

/** A part of a queue's files that does not read back as it was written. */
export interface Damage {
  readonly file: string;
  /** Where it begins and ends in the file. */
  readonly offset: number;
  readonly end: number;
  /** What is wrong, for people. */
  readonly what: string;
}

/** The error that tells of damage. */
export function damageError({ file, offset, end, what }: Damage, cause?: unknown): FlowError {
  return new FlowError("SPILL_CORRUPT", {
    message: `${file}, bytes ${offset} to ${end}: ${what}`,
    details: { file, offset, end },
    cause,
  });
}
