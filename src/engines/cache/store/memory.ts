/**
 * What an entry takes beside the bytes of its key and value, measured on Node 24 (64-bit) with many small entries: two
 * string heads, a place in the index, and its columns.
 */
export const ENTRY_OVERHEAD_BYTES = 112;

/** What a deadline takes beside that: its place in the list of those that expire. */
export const DEADLINE_OVERHEAD_BYTES = 28;

/** The memory that an entry is charged: the runtime keeps strings in steps of eight bytes. */
export function entryBytes(keyBytes: number, valueBytes: number): number {
  return ENTRY_OVERHEAD_BYTES + roundedUp(keyBytes) + roundedUp(valueBytes);
}

/** A size as the runtime keeps it. */
export function roundedUp(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
