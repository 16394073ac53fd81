import type { Device } from "./device.ts";

/** Clicks that have all of this in common. */
export interface ClickRow {
  readonly linkId: number;
  /** In UTC, such as `2026-01-31`. */
  readonly day: string;
  readonly referrer: string;
  readonly device: Device;
  count: number;
}

/** Clicks that are counted together, or not at all. */
export interface ClickBatch {
  readonly id: string;
  readonly rows: readonly ClickRow[];
}

/** How a link's clicks divide, over a span of days that ends today. */
export interface ClickStatistics {
  /** Days on which there were any, the oldest first. */
  readonly byDay: readonly { readonly day: string; readonly clicks: number }[];
  /** The most frequent first, 100 at most. */
  readonly byReferrer: readonly { readonly referrer: string; readonly clicks: number }[];
  /** The most frequent first. */
  readonly byDevice: readonly { readonly device: string; readonly clicks: number }[];
}

/** Where clicks are kept. */
export interface Clicks {
  /**
   * Counts a batch, once: the same batch again changes nothing, however often it is sent. Clicks of links that are gone are
   * left out.
   */
  add(batch: ClickBatch): Promise<void>;
  /** Divides the clicks of the last `days` days. */
  statistics(linkId: number, days: number): Promise<ClickStatistics>;
}
