import type { EdgeModel } from "../../design/edge-model.ts";
import type { CacheModel, DatabaseModel, PartModel, ServiceModel, SystemModel } from "../../design/model.ts";
import { type DefaultName, defaultOf, type Sourced } from "../defaults/index.ts";
import type { Source } from "../figure.ts";
import type { Profile } from "../profile/profile.ts";
import type { Machine } from "../resolved-model.ts";

/** A part that requests pass: everything but a task. */
export type Passed = CacheModel | DatabaseModel | EdgeModel | ServiceModel;

/** What a design is resolved with. Pure. */
export class Resolution {
  readonly model: SystemModel;
  readonly profile: Profile | undefined;
  readonly here: Machine | undefined;
  readonly parts: readonly Passed[];
  /** The share of its reads that each cache answers, as far as that is known yet. */
  readonly hitRatios = new Map<string, number>();
  readonly #byName: ReadonlyMap<string, Passed>;
  readonly #assumptions = new Set<string>();

  constructor(model: SystemModel, profile: Profile | undefined, here: Machine | undefined) {
    this.model = model;
    this.profile = profile;
    this.here = here;
    this.parts = model.parts.filter(isPassed);
    this.#byName = new Map(this.parts.map((part) => [part.name, part]));
  }

  /** The part of a name; undefined for a task. */
  part(name: string): Passed | undefined {
    return this.#byName.get(name);
  }

  /** Notes what is taken for granted for want of better, once. */
  assume(sentence: string): void {
    this.#assumptions.add(sentence);
  }

  get assumptions(): readonly string[] {
    return [...this.#assumptions];
  }
}

function isPassed(part: PartModel): part is Passed {
  return part.kind !== "task";
}

/** A value that the design states at a place, or the default. */
export function statedOr(value: number | undefined, place: string, name: DefaultName): Sourced {
  return value === undefined ? defaultOf(name) : { value, source: given(place) };
}

/** The design says so, at that place. */
export function given(place: string): Source {
  return { kind: "given", place };
}
