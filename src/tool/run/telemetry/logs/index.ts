/** The logs of a running system, of late in memory and whole on disk: what a line says, searches, and what comes now. */
export type { EntryListener } from "./entry-bundles.ts";
export { logQueryFrom } from "./log-query.ts";
export type { SearchOptions } from "./log-search.ts";
export { type LogEvent, LogStore, type LogStoreOptions, type LogStoreStatus } from "./log-store.ts";
export { searchStoredLogs } from "./stored-logs.ts";
