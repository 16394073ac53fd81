import type { CodeCounter } from "../codes/code-source.ts";

/** A counter in memory. */
export class MemoryCounter implements CodeCounter {
  next: number;
  leases = 0;

  constructor(next = 0) {
    this.next = next;
  }

  async lease(count: number): Promise<{ first: number; key: Uint8Array }> {
    const first = this.next;
    this.next += count;
    this.leases++;
    return { first, key: new Uint8Array(32).fill(7) };
  }
}
