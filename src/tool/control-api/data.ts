/** A look into an engine: which views it brings, and which verbs each understands. The page knows each view by its id. */
export interface DataViewInfo {
  /** `cache-keys`, `sql-tables`, `sql-query`. */
  readonly id: string;
  readonly title: string;
}

/** Something that can be done to a part. `POST /v1/parts/NAME/actions/ID` with the fields as a JSON object. */
export interface ActionInfo {
  /** `scale`, `restart`, `stop-replica`, `flush`, `checkpoint`. */
  readonly id: string;
  readonly title: string;
  /** What it does, in a sentence. */
  readonly description: string;
  /** Asked before it is done: it loses something. */
  readonly confirm?: string;
  readonly fields: readonly ActionField[];
}

export interface ActionField {
  readonly name: string;
  readonly title: string;
  readonly type: "text" | "count" | "replica";
  readonly value?: string | number;
  readonly min?: number;
  readonly max?: number;
}

/** What was done, in words. */
export interface ActionAnswer {
  readonly message: string;
}
