import { KINDS } from "../kinds/index.ts";
import type { AnyKind } from "../kinds/kind.ts";
import type { PartModel } from "../model.ts";
import type { Part } from "../part.ts";
import { checkName } from "./names.ts";
import { outsideUrl } from "./outside.ts";
import { type Finding, Place } from "./place.ts";

/** More parts than one machine would run. */
const PARTS_MAX = 500;

/** Where a design is checked. */
export interface Surroundings {
  /** The design's folder, absolute. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A part that was checked by itself. */
export interface CheckedPart {
  readonly part: Part;
  readonly model: PartModel;
  readonly place: Place;
}

/** Goes from part to part, and checks each once, after those that it refers to. */
export class Walk {
  readonly checked: CheckedPart[] = [];
  readonly #findings: Finding[];
  readonly #around: Surroundings;
  readonly #seen = new Set<Part>();
  /** The parts that led here. */
  readonly #way: Part[] = [];

  constructor(findings: Finding[], around: Surroundings) {
    this.#findings = findings;
    this.#around = around;
  }

  /** Checks a part unless that was done; `from` is the place that refers to it. */
  visit(part: Part, from: Place): void {
    const start = this.#way.indexOf(part);
    if (start >= 0) {
      tellCircle(from, [...this.#way.slice(start), part]);
    } else if (this.#seen.has(part)) {
      // Two ways to one part are no circle.
    } else if (this.#seen.size === PARTS_MAX) {
      from.problem(`the system has more than ${PARTS_MAX} parts`, "Make two systems of it.");
    } else {
      this.#seen.add(part);
      this.#way.push(part);
      this.#check(part);
      this.#way.pop();
    }
  }

  #check(part: Part): void {
    const path = typeof part.name === "string" ? part.name.slice(0, 60) : String(part.kind);
    const call = Place.call(this.#findings, part.site, path);
    const kind: AnyKind | undefined = Object.hasOwn(KINDS, part.kind) ? KINDS[part.kind] : undefined;
    if (!kind) {
      call.problem(
        `this version of Trestle knows no parts of the kind "${part.kind}"`,
        `It knows ${Object.keys(KINDS).join(", ")}. Install one version alone.`,
      );
      return;
    }
    const named = checkName(call.argument(0), part.name, kind.noun);
    const place = call.argument(1);
    const url = named ? outsideUrl(part, kind, place, this.#around.environment) : undefined;
    const { model, needs } = kind.check(part, { place, folder: this.#around.folder, url });
    for (const need of needs) this.visit(need.part, need.place);
    this.checked.push({ part, model, place });
  }
}

function tellCircle(from: Place, circle: readonly Part[]): void {
  const [first, second] = circle;
  if (circle.length === 2 && first === second) {
    from.problem(`${first?.name} uses itself`, "Take that out: a part knows its own address.");
    return;
  }
  from.problem(
    `the parts use each other in a circle: ${circle.map((one) => one.name).join(" → ")}`,
    "Each would wait for the next one to be ready. Let one of them do without, or give what both need to a third part.",
  );
}
