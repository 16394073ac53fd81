import type { Redundancy } from "./part-availability.ts";
import type { Conditions } from "./served-requests.ts";

/** Conditions by their number: that a part is up, and that a call of it is not lost on a replica that just failed. Pure. */
export class ConditionTable implements Conditions {
  readonly chances: number[] = [];
  readonly names: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #redundancies: ReadonlyMap<string, Redundancy>;

  constructor(redundancies: ReadonlyMap<string, Redundancy>) {
    this.#redundancies = redundancies;
  }

  up(part: string): number {
    return this.#number(part, part, () => this.#redundancies.get(part)?.up ?? 1);
  }

  serves(part: string, retries: number): readonly number[] {
    const redundancy = this.#redundancies.get(part);
    if (redundancy === undefined || redundancy.failingOver === 0) return [this.up(part)];
    // Trying again finds no store that is not there yet.
    const times = redundancy.hit < 1 ? retries : 0;
    const spared = (): number => 1 - redundancy.failingOver * redundancy.hit ** (1 + times);
    return [this.up(part), this.#number(`${part} ${times}`, part, spared)];
  }

  /** The chances if a part never failed. */
  without(part: string): readonly number[] {
    return this.chances.map((chance, number) => (this.names[number] === part ? 1 : chance));
  }

  /** Whether it is among those bits that the part is up. */
  isIn(bits: bigint, part: string): boolean {
    const number = this.#numbers.get(part);
    return number !== undefined && (bits & (1n << BigInt(number))) !== 0n;
  }

  #number(key: string, part: string, chance: () => number): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.chances.length;
    this.#numbers.set(key, number);
    this.chances.push(chance());
    this.names.push(part);
    return number;
  }
}
