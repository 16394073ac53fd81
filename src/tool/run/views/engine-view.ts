import type { Clock } from "../../../blocks/time/index.ts";
import type { ActionInfo, DataViewInfo } from "../../control-api/index.ts";
import type { PartKind } from "../../design/model.ts";

/** What a kind of part brings to the console, besides what all parts have. */
export interface EngineView {
  readonly kind: PartKind;
  /** The looks into it, each drawn by a view of the page that bears the same id. */
  readonly views: readonly DataViewInfo[];
  /** What a look asks for, by verb: `keys`, `query`. Nothing here changes the part. */
  readonly verbs: Readonly<Record<string, Verb>>;
  readonly actions: readonly EngineAction[];
}

/** Answers what a look asks for. `input` is JSON of a client's: it is parsed, and `BAD_REQUEST` thrown for what is wrong with it. */
export type Verb = (target: ViewTarget, input: unknown) => Promise<object>;

/** Something that can be done to the part. */
export interface EngineAction {
  /** `target` decides about limits and values of the moment. */
  readonly info: (target: ViewTarget) => ActionInfo;
  /** Does it, and says in words what was done. */
  readonly perform: (target: ViewTarget, fields: unknown) => Promise<string>;
}

/** The part that is looked into or acted on. */
export interface ViewTarget {
  readonly name: string;
  /** Where it is reached, passwords included; undefined before it was ready for the first time. */
  readonly url: string | undefined;
  readonly external: boolean;
  readonly clock: Clock;
}
