import { signal } from "@preact/signals";

/** The moment that the reader points at in any chart, in Unix milliseconds: all charts show it together. */
export const cursorMs = signal<number | undefined>(undefined);
