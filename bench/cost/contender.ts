/** What is measured, in a process of its own, made ready. */
export type Contender =
  /** Calls that are awaited one after the other. */
  | {
      readonly kind: "awaited";
      readonly call: () => unknown;
      /** Calls per slice of the measurement. Default 200,000. */
      readonly calls?: number;
    }
  /** Decisions on a key, out of a million that are live. */
  | { readonly kind: "keyed"; readonly decide: (key: string) => unknown; readonly draw: KeyDraw };

/** How keys are drawn: all alike, by Zipf's law (s = 1), or all alike out of the thousand that are busy just now. */
export type KeyDraw = "evenly" | "by Zipf's law" | "out of a thousand";

/** Contenders by name: each makes itself ready, and is measured in a process of its own. */
export type Contenders = Readonly<Record<string, () => Contender | Promise<Contender>>>;

/** What one call costs. */
export interface Cost {
  /** Nanoseconds of processor time, of all threads of the process. */
  readonly cpuNs: number;
  /** Bytes taken from the heap. */
  readonly allocatedBytes: number;
}
