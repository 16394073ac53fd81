import { needFolder } from "../check/files.ts";
import { readOptions, readText } from "../check/values.ts";
import { createPart, type DatabasePart } from "../part.ts";
import { type PlanFacts, readPlanFacts } from "../plan-facts.ts";
import type { Kind } from "./kind.ts";

/** The options of a database. */
export interface DatabaseOptions {
  /** A folder of `.sql` files, relative to the design file, applied once each in the order of their names. Default none. */
  readonly migrations?: string | undefined;
  /** What `trestle plan` takes for granted of it. */
  readonly plan?: PlanFacts | undefined;
  /**
   * Stands outside Trestle, at `postgres://` or `postgresql://`: nothing is started or migrated, and this URL is handed
   * on.
   */
  readonly url?: string | undefined;
}

/**
 * A PostgreSQL database. Its users get `postgres://…`.
 *
 * `name` is in lower case with hyphens (`links`, `user-accounts`), at most 40 characters, and unique in the system.
 */
export function database(name: string, options: DatabaseOptions = {}): DatabasePart {
  return createPart("database", name, options, database);
}

export const DATABASE: Kind<"database"> = {
  kind: "database",
  noun: "a database",
  protocols: ["postgres:", "postgresql:"],
  check(part, { place, folder, url }) {
    const options = readOptions(place, part.options, ["migrations", "plan", "url"], "a database");
    const migrations = options.migrations === undefined ? undefined : readMigrations();
    const plan = readPlanFacts(place.at("plan"), options.plan);
    return {
      model: {
        kind: "database",
        name: part.name,
        ...(migrations === undefined ? {} : { migrations }),
        ...(plan === undefined ? {} : { plan }),
        ...(url === undefined ? {} : { url }),
      },
      needs: [],
    };

    function readMigrations(): string {
      const at = place.at("migrations");
      const path = readText(at, options.migrations, "a folder's path", "./migrations");
      if (path !== "" && url === undefined) {
        needFolder(at, folder, path, "Make it, with files such as 0001-first.sql, or mend the path.");
      }
      return path;
    }
  },
};
