import { LatencyBuckets } from "./latency-buckets.ts";

/** What was measured at a system's edges in one stretch of time, or in several added up. Pure. */
export class WindowTally {
  readonly buckets: LatencyBuckets;
  requests = 0;
  failed = 0;
  lengthMs = 0;

  constructor(boundsMs: readonly number[]) {
    this.buckets = new LatencyBuckets(boundsMs);
  }

  add(other: WindowTally): void {
    this.buckets.add(other.buckets);
    this.requests += other.requests;
    this.failed += other.failed;
    this.lengthMs += other.lengthMs;
  }
}
