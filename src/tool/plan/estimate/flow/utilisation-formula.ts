import type { ResolvedPart } from "../../resolved-model.ts";

/** What goes into it. */
export interface UtilisationTerms {
  readonly perSecond: number;
  /** Mean time of its own. */
  readonly ownMs: number;
  readonly utilisation: number;
}

/** A part's utilisation with its values: `1,200/s × 0.3 ms / (2 replicas × 8 places) = 2.25 %`. Pure. */
export function utilisationFormula({ replicas, places }: ResolvedPart, terms: UtilisationTerms): string {
  const { perSecond, ownMs, utilisation } = terms;
  const per = `(${counted(replicas, "replica")} × ${counted(places, "place")})`;
  const own = (perSecond * ownMs) / 1_000 / (replicas * places);
  const formula = `${digits(perSecond)}/s × ${digits(ownMs)} ms / ${per} = ${digits(own * 100)} %`;
  if (utilisation <= own * (1 + 1e-6)) return formula;
  return utilisation >= 1
    ? `${formula}; the machine's processors are full`
    : `${formula}; ${digits(utilisation * 100)} % with what it costs to wake up`;
}

function counted(count: number, noun: string): string {
  return `${digits(count)} ${noun}${count === 1 ? "" : "s"}`;
}

const format = new Intl.NumberFormat("en-US", { maximumFractionDigits: 12 });

/** Three digits that count, all of those before the point. */
function digits(value: number): string {
  if (!Number.isFinite(value)) return "∞";
  const size = Math.abs(value);
  const rounded = size >= 1_000 ? Math.round(value) : Number(value.toPrecision(3));
  return format.format(rounded);
}
