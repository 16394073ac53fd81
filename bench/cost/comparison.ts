import type { Measurement } from "../report.ts";
import type { Cost } from "./contender.ts";
import { packageVersion } from "./package-version.ts";

/** What ours is measured beside, and what is promised of it. Peers are named `library: what`. */
export interface Comparison<Name extends string> {
  readonly what: string;
  readonly ours: Name;
  /** The promise is against the cheapest of them. */
  readonly peers: readonly Name[];
  /** `overhead`: what a call costs beyond the bare one, which is the contender `bare`. `call`: all of it. */
  readonly of: "overhead" | "call";
  /** Of the ratio; of our own figure where there is no peer. */
  readonly goal?: number;
}

type Costs<Name extends string> = Readonly<Record<Name | "bare", Cost>>;

/** The processor's time per call. */
export function processorTime<Name extends string>(
  { what, ours, peers, of, goal }: Comparison<Name>,
  costs: Costs<Name>,
): Measurement {
  const ns = (name: Name) => costs[name].cpuNs - (of === "overhead" ? costs.bare.cpuNs : 0);
  const cheapest = leastOf(peers, ns);
  return {
    what,
    metric: of === "overhead" ? "cpu_ns_overhead" : "cpu_ns_per_call",
    ours: ns(ours),
    ...(cheapest !== undefined && { peer: peerOf(cheapest), theirs: ns(cheapest) }),
    better: "lower",
    ...(goal !== undefined && { goal }),
  };
}

/** What a call takes from the heap. */
export function allocation<Name extends string>(
  { what, ours, peers }: Comparison<Name>,
  costs: Costs<Name>,
): Measurement {
  const bytes = (name: Name) => costs[name].allocatedBytes;
  const least = leastOf(peers, bytes);
  return {
    what,
    metric: "allocated_bytes_per_call",
    ours: bytes(ours),
    ...(least !== undefined && { peer: peerOf(least), theirs: bytes(least) }),
    better: "lower",
  };
}

function leastOf<Name extends string>(
  names: readonly Name[],
  value: (name: Name) => number,
): Name | undefined {
  return names.toSorted((one, other) => value(one) - value(other))[0];
}

/** `cockatiel 3.2.1`, of the contender `cockatiel: retry`. */
function peerOf(contender: string): string {
  const [library = ""] = contender.split(":", 1);
  return `${library} ${packageVersion(library)}`;
}
