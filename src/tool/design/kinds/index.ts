import type { PartKind } from "../model.ts";
import { CACHE } from "./cache.ts";
import { DATABASE } from "./database.ts";
import { EDGE } from "./edge.ts";
import type { Kind } from "./kind.ts";
import { SERVICE } from "./service.ts";
import { TASK } from "./task.ts";

/** Every kind of part there is. A new one is a file beside these, its model in `model.ts`, and a line here. */
export const KINDS: { readonly [Name in PartKind]: Kind<Name> } = {
  cache: CACHE,
  database: DATABASE,
  edge: EDGE,
  service: SERVICE,
  task: TASK,
};
