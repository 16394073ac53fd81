import type { AnyValue, Attributes } from "../otlp/model.ts";

/** What values are counted under whose set of attributes came after the limit was reached; OpenTelemetry's own name for it. */
export const OVERFLOW: Attributes = Object.freeze({ "otel.metric.overflow": true });

/** Ways to write down the same set, in other orders, that are known again at once; for each set, on average. */
const SPELLINGS_PER_SET = 4;
/** Attributes that may be named next, after the same ones: programs have few places that count the same. */
const BRANCHES_MAX = 4;

/**
 * The points of an instrument by their attributes, whatever the order in which these are named. At most `limit` of them: sets
 * that come later share one point, which says that it is everybody else's. Pure.
 */
export class AttributeSets<Point> {
  readonly #make: (attributes: Attributes) => Point;
  readonly #limit: number;
  /** By the key of the sorted attributes. */
  readonly #points = new Map<string, Point>();
  /** Finds a set as it was named before, without writing it down. */
  #root: Step<Point> = { point: undefined, branches: [] };
  #spellings = 0;
  #none: Point | undefined;
  #overflow: Point | undefined;

  /** `limit`: that of OpenTelemetry, with the overflow among them; 2 or more. */
  constructor(limit: number, make: (attributes: Attributes) => Point) {
    this.#limit = limit;
    this.#make = make;
  }

  /** The point of a set, made when it is new. Without attributes there is no search. */
  get(attributes: Attributes | undefined): Point {
    if (attributes === undefined) {
      this.#none ??= this.#find("", {});
      return this.#none;
    }
    let step = this.#root;
    for (const name in attributes) {
      const next = branchOf(step, name)?.steps.get(attributes[name]);
      if (next === undefined) return this.#getSlowly(attributes);
      step = next;
    }
    return step.point ?? this.#getSlowly(attributes);
  }

  /** Every point, the overflow last. */
  points(): Point[] {
    const points = [...this.#points.values()];
    if (this.#overflow !== undefined) points.push(this.#overflow);
    return points;
  }

  /** Leaves a set's point out from now on; makes room for another. Whoever holds the point counts for nobody. */
  forget(attributes: Attributes): void {
    const key = keyOf(attributes, Object.keys(attributes).sort());
    const point = this.#points.get(key);
    if (point === undefined) return;
    this.#points.delete(key);
    if (point === this.#none) this.#none = undefined;
    this.#root = { point: undefined, branches: [] };
    this.#spellings = 0;
  }

  #getSlowly(attributes: Attributes): Point {
    const names = Object.keys(attributes);
    const point = this.#find(keyOf(attributes, names.toSorted()), attributes);
    if (point !== this.#overflow) this.#remember(attributes, names, point);
    return point;
  }

  #remember(attributes: Attributes, names: readonly string[], point: Point): void {
    if (this.#spellings === SPELLINGS_PER_SET * this.#limit) return;
    // An object is not known again by what it holds.
    if (names.some((name) => typeof attributes[name] === "object")) return;
    let step = this.#root;
    for (const name of names) {
      let branch = branchOf(step, name);
      if (branch === undefined) {
        if (step.branches.length === BRANCHES_MAX) return;
        branch = { name, steps: new Map() };
        step.branches.push(branch);
      }
      let next = branch.steps.get(attributes[name]);
      if (next === undefined) {
        next = { point: undefined, branches: [] };
        branch.steps.set(attributes[name], next);
      }
      step = next;
    }
    step.point = point;
    this.#spellings++;
  }

  #find(key: string, attributes: Attributes): Point {
    const known = this.#points.get(key);
    if (known !== undefined) return known;
    if (this.#points.size >= this.#limit - 1) {
      this.#overflow ??= this.#make(OVERFLOW);
      return this.#overflow;
    }
    // A copy: whoever named them may change their object.
    const point = this.#make({ ...attributes });
    this.#points.set(key, point);
    return point;
  }
}

/** What follows after some attributes were named. */
interface Step<Point> {
  /** Of the set that ends here. */
  point: Point | undefined;
  readonly branches: Branch<Point>[];
}

/** The attribute that is named next, and where its values lead. */
interface Branch<Point> {
  readonly name: string;
  readonly steps: Map<AnyValue | undefined, Step<Point>>;
}

function branchOf<Point>({ branches }: Step<Point>, name: string): Branch<Point> | undefined {
  for (let index = 0; index < branches.length; index++) {
    const branch = branches[index];
    if (branch?.name === name) return branch;
  }
  return undefined;
}

/** Tells sets apart: names and values are set off by characters that OpenTelemetry's names do not have, values by their kind. */
function keyOf(attributes: Attributes, names: readonly string[]): string {
  let key = "";
  for (const name of names) key += `${name}\u0000${textOf(attributes[name])}\u0001`;
  return key;
}

function textOf(value: AnyValue | undefined): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return `\u0002${value}`;
  return `\u0003${JSON.stringify(value)}`;
}
