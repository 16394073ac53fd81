/** What if: a design with some of its options set, by `--set` and `--sweep`. Pure. */
export { applySets } from "./apply-sets.ts";
export { readSweep, type SweepRange, sweepValues } from "./read-sweep.ts";
