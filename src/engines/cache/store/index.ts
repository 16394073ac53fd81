/** What a cache holds: entries, their deadlines and use, the walk over them, and what makes room. */
export { EVICTION_POLICIES, type EvictionPolicy, Evictor } from "./eviction.ts";
export { ExpirySweeper, type SweepOutcome } from "./expiry.ts";
export { globMatches } from "./glob.ts";
export { DEADLINE_OVERHEAD_BYTES, ENTRY_OVERHEAD_BYTES, entryBytes } from "./memory.ts";
export { type ScanStep, scan } from "./scan.ts";
export { KEYS_MAX, Store, type StoreOptions, WRITTEN, type Written } from "./store.ts";
