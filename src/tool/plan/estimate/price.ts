import type { ResolvedPart, ResolvedSystem } from "../resolved-model.ts";

/** What a part costs a month, all replicas and copies of it; undefined where the design gives no price. Pure. */
export function pricePerMonth({
  pricePerMonth: each,
  replicas,
  copies,
  kind,
}: ResolvedPart): number | undefined {
  // Of an edge, the copies are counted among its replicas.
  return each === undefined ? undefined : each * replicas * (kind === "edge" ? 1 : copies);
}

/** What all parts that have a price cost together; undefined where none has. */
export function totalPerMonth({ parts }: ResolvedSystem): number | undefined {
  const prices = parts.flatMap((part) => pricePerMonth(part) ?? []);
  return prices.length === 0 ? undefined : prices.reduce((sum, one) => sum + one, 0);
}
