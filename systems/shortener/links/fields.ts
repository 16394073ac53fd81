import { ApiError, type ErrorDetail } from "../http/errors.ts";

/** A value as it should be, or in words what it should have been. */
export type Reading<Value> = { readonly value: Value } | { readonly wrong: string };

/** The fields of a body, and what is wrong with them. */
export class Fields {
  readonly #fields: ReadonlyMap<string, unknown>;
  readonly #wrong: ErrorDetail[] = [];

  constructor(body: unknown, known: readonly string[]) {
    const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
    if (!isObject) this.refuse("", "The body must be a JSON object");
    this.#fields = new Map(isObject ? Object.entries(body) : []);
    for (const field of this.#fields.keys()) {
      if (!known.includes(field)) this.refuse(field.slice(0, 100), `Unknown; known are ${known.join(", ")}`);
    }
  }

  get isEmpty(): boolean {
    return this.#fields.size === 0;
  }

  has(field: string): boolean {
    return this.#fields.has(field);
  }

  read<Value>(field: string, reader: (value: unknown) => Reading<Value>): Value | undefined {
    const reading = reader(this.#fields.get(field));
    if ("value" in reading) return reading.value;
    this.refuse(field, reading.wrong);
    return undefined;
  }

  /** Null counts as absent. */
  readOptional<Value>(field: string, reader: (value: unknown) => Reading<Value>): Value | undefined {
    const value = this.#fields.get(field);
    return value === undefined || value === null ? undefined : this.read(field, reader);
  }

  /** Absent is `undefined`, null is null. */
  readNullable<Value>(field: string, reader: (value: unknown) => Reading<Value>): Value | null | undefined {
    if (!this.has(field)) return undefined;
    return this.#fields.get(field) === null ? null : this.read(field, reader);
  }

  refuse(field: string, message: string): void {
    this.#wrong.push({ field, message });
  }

  refuseWrong(): void {
    if (this.#wrong.length > 0) throw new ApiError("VALIDATION_ERROR", { details: this.#wrong });
  }
}
