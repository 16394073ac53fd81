import type { ComponentType } from "preact";
import { CacheKeys } from "./cache/cache-keys.tsx";
import { SqlQuery } from "./sql/sql-query.tsx";
import { SqlTables } from "./sql/sql-tables.tsx";

/** A look into an engine. */
export interface DataLook {
  /** As the control API names it: `GET /v1/parts/NAME/views`. */
  readonly id: string;
  readonly Look: ComponentType<{ readonly part: string }>;
}

/** All looks that the page can draw. An engine brings one file and one line here. */
export const DATA_LOOKS: readonly DataLook[] = [
  { id: "cache-keys", Look: CacheKeys },
  { id: "sql-tables", Look: SqlTables },
  { id: "sql-query", Look: SqlQuery },
];
