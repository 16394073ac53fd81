import { carriedOver } from "./roster.ts";

/**
 * Smooth weighted turns, by nginx's law: in each turn every contender gains its weight, the one that then has most is
 * chosen, and pays the sum of the weights. So the chosen ones are spread as evenly as their weights allow, and after
 * as many turns as the weights sum up to, each has been chosen as often as its weight says and the balance is what it
 * was. Pure.
 *
 * Fill in `weights`, ask for the `next`, and `take` it; or set its weight to 0 and ask again.
 */
export class SmoothTurns {
  /** Of each contender of the turn under way, by place; 0 for those that do not contend. */
  weights = new Float64Array(0);
  /** What each has gained and not paid: 0 in sum, but for what those who left took with them. */
  #credits = new Float64Array(0);

  /** Puts other members in the place of the present ones. `total` is the sum of their weights. */
  replace(before: readonly unknown[], after: readonly unknown[], total: number): void {
    // No credit is larger than the sum of the weights; one from the time of larger weights would buy a run of turns.
    this.#credits = carriedOver(before, after, this.#credits).map((credit) =>
      Math.max(-total, Math.min(total, credit)),
    );
    this.weights = new Float64Array(after.length);
  }

  /** Whose turn it is; -1 when nobody contends. The earlier place wins where two are equal. */
  next(): number {
    const weights = this.weights;
    const credits = this.#credits;
    let chosen = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < weights.length; at++) {
      const weight = weights[at] ?? 0;
      if (weight === 0) continue;
      const credit = (credits[at] ?? 0) + weight;
      if (credit > most) {
        most = credit;
        chosen = at;
      }
    }
    return chosen;
  }

  /** Takes the turn for `chosen`. */
  take(chosen: number): void {
    const weights = this.weights;
    const credits = this.#credits;
    let total = 0;
    for (let at = 0; at < weights.length; at++) {
      const weight = weights[at] ?? 0;
      total += weight;
      credits[at] = (credits[at] ?? 0) + weight;
    }
    credits[chosen] = (credits[chosen] ?? 0) - total;
  }
}
