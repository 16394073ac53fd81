import type { Measurement } from "./report.ts";

/** A benchmark: measures, saying on standard error what it is doing, and frees whatever it started. */
export type Bench = (options: { readonly args: readonly string[] }) => Promise<readonly Measurement[]>;
