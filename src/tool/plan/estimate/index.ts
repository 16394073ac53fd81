/**
 * What an experienced engineer would say of a design before anything runs: its requirements with their verdicts, limits and mends, its
 * parts and requests with their figures. Pure.
 */
export { type EstimateOptions, estimate, estimateResolved } from "./estimate.ts";
/** How much room a verdict leaves, and a mend's settings one by one. */
export { setsOf } from "./mends/mend-search.ts";
export { marginOf } from "./verdicts/margin.ts";
