import type { ClickBatch, ClickRow, ClickStatistics, Clicks } from "../clicks/clicks.ts";
import type { MemoryLinks } from "./memory-links.ts";

/** Clicks in memory, counted once per batch. */
export class MemoryClicks implements Clicks {
  /** Loses the answer to the next batch after counting it, as a broken connection does. */
  losesNextAnswer = false;
  readonly #links: MemoryLinks;
  readonly #batches = new Set<string>();
  readonly #rows: ClickRow[] = [];

  constructor(links: MemoryLinks) {
    this.#links = links;
  }

  async add({ id, rows }: ClickBatch): Promise<void> {
    if (!this.#batches.has(id)) {
      for (const row of rows) if (this.#links.count(row.linkId, row.count)) this.#rows.push({ ...row });
      this.#batches.add(id);
    }
    if (!this.losesNextAnswer) return;
    this.losesNextAnswer = false;
    throw new Error("the connection was lost before the answer came");
  }

  async statistics(linkId: number): Promise<ClickStatistics> {
    const rows = this.#rows.filter((row) => row.linkId === linkId);
    return {
      byDay: sumsOf(rows, (row) => row.day).map(([day, clicks]) => ({ day, clicks })),
      byReferrer: sumsOf(rows, (row) => row.referrer).map(([referrer, clicks]) => ({ referrer, clicks })),
      byDevice: sumsOf(rows, (row) => row.device).map(([device, clicks]) => ({ device, clicks })),
    };
  }
}

function sumsOf(rows: readonly ClickRow[], keyOf: (row: ClickRow) => string): [string, number][] {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(keyOf(row), (sums.get(keyOf(row)) ?? 0) + row.count);
  return [...sums].sort(([, one], [, other]) => other - one);
}
