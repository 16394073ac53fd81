import { cacheView } from "./cache/cache-view.ts";
import { edgeView } from "./edge/edge-view.ts";
import type { EngineView } from "./engine-view.ts";
import { sqlView } from "./sql/sql-view.ts";

/** What each kind of part brings to the console. A kind that brings nothing is not listed. */
export const ENGINE_VIEWS: readonly EngineView[] = [edgeView, cacheView, sqlView];
