import type { AnyValue, Attributes } from "../otlp/model.ts";

/** What values are counted under whose set of attributes came after the limit was reached; OpenTelemetry's own name for it. */
export const OVERFLOW: Attributes = Object.freeze({ "otel.metric.overflow": true });

/** Ways to write down the same set, in other orders, that are known again at once; for each set, on average. */
const SPELLINGS_PER_SET = 4;

/**
 * The points of an instrument by their attributes, whatever the order in which these are named. At most `limit` of them: sets
 * that come later share one point, which says that it is everybody else's. Pure.
 */
export class AttributeSets<Point> {
  readonly #make: (attributes: Attributes) => Point;
  readonly #limit: number;
  /** By the key of the sorted attributes. */
  readonly #points = new Map<string, Point>();
  /** By the key of the attributes as they were named. */
  readonly #spellings = new Map<string, Point>();
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
    const spelling = keyOf(attributes, Object.keys(attributes));
    const known = this.#spellings.get(spelling);
    if (known !== undefined) return known;
    const point = this.#find(keyOf(attributes, Object.keys(attributes).sort()), attributes);
    if (point !== this.#overflow && this.#spellings.size < SPELLINGS_PER_SET * this.#limit)
      this.#spellings.set(spelling, point);
    return point;
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
    for (const [spelling, other] of this.#spellings) if (other === point) this.#spellings.delete(spelling);
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
