import type { OwnFigure } from "../../../../control-api/index.ts";
import { cacheFigures } from "./cache.ts";
import { databaseFigures } from "./database.ts";
import { edgeFigures } from "./edge.ts";
import type { OwnSources } from "./own-sources.ts";
import { serviceFigures } from "./service.ts";

/**
 * The figures of a part that only its kind has, those that matter most first. A new kind of engine brings a file of its own and
 * stands here.
 */
export function ownFiguresOf({ model, ...rest }: OwnSources): readonly OwnFigure[] {
  switch (model.kind) {
    case "cache":
      return cacheFigures({ model, ...rest });
    case "database":
      return databaseFigures({ model, ...rest });
    case "edge":
      return edgeFigures({ model, ...rest });
    case "service":
      return serviceFigures({ model, ...rest });
    case "task":
      return [];
  }
}
