import type { Rule, SingleRule } from "../rate-limit/rule.ts";
import { type LawName, limitScript } from "./lua/limit-script.ts";
import type { Script } from "./script.ts";

/** How each kind of rule is kept in the store. */
const KEPT: Readonly<Record<SingleRule["kind"], { readonly law: LawName; readonly mark: string }>> = {
  "token-bucket": { law: "bucket", mark: "b" },
  gcra: { law: "bucket", mark: "b" },
  "leaky-meter": { law: "bucket", mark: "b" },
  "leaky-queue": { law: "bucket", mark: "q" },
  "fixed-window": { law: "window", mark: "w" },
  "sliding-log": { law: "log", mark: "l" },
  "sliding-counter": { law: "counter", mark: "c" },
};

/** What can be asked about a key. `cancel` gives a reservation back. */
export type Verb = "take" | "peek" | "penalize" | "reward" | "reserve" | "cancel";

/** A rule as the store's script takes it. */
export class StoredRule {
  readonly tiers: readonly SingleRule[];
  readonly script: Script;
  /**
   * One per tier: what tells its key from those of other rules. A rule whose limit changes keeps its keys; one of another
   * kind or window begins anew.
   */
  readonly marks: readonly string[];
  /** The most that can be taken at once, per tier. */
  readonly capacities: readonly number[];
  readonly #parameters: readonly string[];

  /** `timeLua`: where the script has its time from, for tests; by default the server's clock. */
  constructor(rule: Rule, timeLua?: string) {
    this.tiers = rule.kind === "tiers" ? rule.tiers : [rule];
    const laws = this.tiers.map(({ kind }) => KEPT[kind].law);
    this.script = limitScript(laws, timeLua);
    this.marks = marksOf(this.tiers);
    this.capacities = this.tiers.map(capacityOf);
    this.#parameters = this.tiers.flatMap((tier, index) => [
      ...[laws[index] ?? "", String(tier.limit), String(tier.windowMs * 1_000)],
      ...[String(this.capacities[index]), tier.kind === "leaky-queue" ? "1" : "0"],
    ]);
  }

  /** The script's arguments; see there for `extra` and `place`. */
  words(verb: Verb, units: number, extra = 0, place = 0): string[] {
    return [verb, String(units), String(extra), String(place), ...this.#parameters];
  }

  /** The most that can be taken at once under all tiers. */
  get capacity(): number {
    return Math.min(...this.capacities);
  }
}

/** The most that a quiet key lets through at once. A queue lets one unit through, and keeps others waiting. */
function capacityOf(rule: SingleRule): number {
  if ("burst" in rule) return rule.burst;
  return rule.kind === "leaky-queue" ? rule.queue + 1 : rule.limit;
}

function marksOf(tiers: readonly SingleRule[]): string[] {
  const seen = new Map<string, number>();
  return tiers.map(({ kind, windowMs }) => {
    const mark = KEPT[kind].mark + windowMs;
    const before = seen.get(mark) ?? 0;
    seen.set(mark, before + 1);
    return before === 0 ? mark : `${mark}.${before}`;
  });
}
