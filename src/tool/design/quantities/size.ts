import { formatQuantity, type Measure } from "./measure.ts";

/** The units of a size: decimal as disks and networks count, binary as memory does. */
export type SizeUnit = "B" | "kB" | "MB" | "GB" | "TB" | "PB" | "KiB" | "MiB" | "GiB" | "TiB" | "PiB";

/** A size: `"64 MiB"` (powers of 1024), `"64 MB"` (powers of 1000), or a number of bytes. Rounded to whole bytes. */
export type Size = number | `${number}${"" | " "}${SizeUnit}`;

export const SIZE: Measure = {
  noun: "a size",
  example: "64 MiB",
  base: "bytes",
  units: {
    B: {},
    kB: { tens: 3 },
    KiB: { times: 2 ** 10 },
    MB: { tens: 6 },
    MiB: { times: 2 ** 20 },
    GB: { tens: 9 },
    GiB: { times: 2 ** 30 },
    TB: { tens: 12 },
    TiB: { times: 2 ** 40 },
    PB: { tens: 15 },
    PiB: { times: 2 ** 50 },
  } satisfies Record<SizeUnit, object>,
  meant: {
    b: "B",
    byte: "B",
    bytes: "B",
    k: "kB",
    K: "kB",
    m: "MB",
    M: "MB",
    g: "GB",
    G: "GB",
    t: "TB",
    T: "TB",
    Ki: "KiB",
    Mi: "MiB",
    Gi: "GiB",
    Ti: "TiB",
  },
  spaced: true,
  whole: true,
};

/** Writes bytes as a size that reads back as the same number: `67108864` is `"64 MiB"`. */
export function formatSize(bytes: number): string {
  return formatQuantity(SIZE, bytes);
}
