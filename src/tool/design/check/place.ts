import type { CallSite } from "../call-site.ts";

/** Something found wrong, with where it stands as the check knows it: a call in the file, and the way into its arguments. */
export interface Finding {
  readonly site: CallSite | undefined;
  /** From the call's arguments on: `[1, "routes", 0, "to"]`. */
  readonly trail: readonly (string | number)[];
  readonly path: string;
  readonly message: string;
  readonly mend: string;
}

/** A place in a design, under which problems are told. Checks go on after a problem, so that all are found at once. */
export class Place {
  readonly path: string;
  readonly #findings: Finding[];
  readonly #site: CallSite | undefined;
  readonly #trail: readonly (string | number)[];
  /** The path of the call. */
  readonly #call: string;

  private constructor(
    findings: Finding[],
    site: CallSite | undefined,
    trail: readonly (string | number)[],
    path: string,
    call: string,
  ) {
    this.#findings = findings;
    this.#site = site;
    this.#trail = trail;
    this.path = path;
    this.#call = call;
  }

  /** The call that made a part or the system. `path` is what the place is called: the part's name. */
  static call(findings: Finding[], site: CallSite | undefined, path: string): Place {
    return new Place(findings, site, [], path, path);
  }

  /** An argument of the call, by its index; it goes by the path of the call itself. */
  argument(index: number): Place {
    return new Place(this.#findings, this.#site, [index], this.#call, this.#call);
  }

  /** A field of the object, or an element of the array, that stands here. */
  at(step: string | number): Place {
    const path = this.path + stepText(step, this.path);
    return new Place(this.#findings, this.#site, [...this.#trail, step], path, this.#call);
  }

  /** How many problems have been told so far, of the whole design. */
  get problems(): number {
    return this.#findings.length;
  }

  /** Tells a problem. `message` is a sentence without its full stop, `mend` one or two with it. */
  problem(message: string, mend: string): void {
    this.#findings.push({ site: this.#site, trail: this.#trail, path: this.path, message, mend });
  }
}

function stepText(step: string | number, before: string): string {
  if (typeof step === "number") return `[${step}]`;
  if (!/^[A-Za-z_$][\w$]*$/.test(step)) return `[${JSON.stringify(step.slice(0, 60))}]`;
  return before === "" ? step : `.${step}`;
}
