/** A run that is kept on disk, or the present one. */
export interface RunInfo {
  readonly id: string;
  readonly startedMs: number;
  /** Absent while it runs, and where it was killed. */
  readonly endedMs?: number;
  readonly current: boolean;
  /** Its last recorded moment. */
  readonly lastMs: number;
  /** What was noticed and not mended, in words. */
  readonly verdicts: readonly string[];
  readonly requests: number;
  readonly errors: number;
  readonly p99Ms?: number;
  /** What its record takes of the disk. */
  readonly bytes: number;
  /** Given by whoever ran it: `trestle up --label "with the index"`. */
  readonly label?: string;
}
