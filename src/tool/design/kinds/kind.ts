import type { Place } from "../check/place.ts";
import type { PartKind, PartModel } from "../model.ts";
import type { Part } from "../part.ts";

/** What a kind of part brings to the language. */
export interface Kind<Name extends PartKind> {
  readonly kind: Name;
  /** With its article, for messages: `a cache`. */
  readonly noun: string;
  /** What its URL may begin with, such as `redis:`; none when the kind has no URL. */
  readonly protocols: readonly string[];
  /** Checks one part by itself, tells its problems and returns its model with all defaults filled in. */
  check(part: Part, context: CheckContext): Checked<Name>;
}

/** One of the kinds, whichever. */
export type AnyKind = { [Name in PartKind]: Kind<Name> }[PartKind];

/** What a check works with. */
export interface CheckContext {
  /** The options of the part. */
  readonly place: Place;
  /** The design's folder, absolute: relative paths start there. */
  readonly folder: string;
  /** The URL at which the part stands outside Trestle, already checked. */
  readonly url: string | undefined;
}

export interface Checked<Name extends PartKind> {
  readonly model: Extract<PartModel, { kind: Name }>;
  /** The parts that it refers to, each with the place that does; they come before it in the system. */
  readonly needs: readonly Need[];
}

/** A reference of one part to another. */
export interface Need {
  readonly part: Part;
  readonly place: Place;
}
