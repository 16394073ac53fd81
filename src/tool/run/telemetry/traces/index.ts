/** The traces of a running system in bounded memory, those of its record on disk, and the answers of `/v1/traces`. */
export { LINK_DURATION } from "./link-sample.ts";
export { readStoredTraces, type StoredTraces } from "./stored-traces.ts";
export { traceQueryFrom } from "./trace-query.ts";
export { TraceRecord, type TraceRecordOptions } from "./trace-record.ts";
export { TraceStore, type TraceStoreOptions, type TraceStoreStatus, type TraceWorth } from "./trace-store.ts";
