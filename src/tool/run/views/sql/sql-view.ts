import type { EngineAction, EngineView } from "../engine-view.ts";
import { readFields } from "../fields.ts";
import { explainVerb } from "./explain-verb.ts";
import { queryVerb } from "./query-verb.ts";
import { rowsVerb } from "./rows-verb.ts";
import { connected, isRefusal, problemOf, type SqlSession } from "./sql-session.ts";
import { statementsVerb } from "./statements-verb.ts";
import { tablesVerb } from "./tables-verb.ts";

/** A look into a database, by PostgreSQL's protocol alone: ours, and any other that speaks it. */
export const sqlView: EngineView = {
  kind: "database",
  views: [
    { id: "sql-tables", title: "Tables" },
    { id: "sql-query", title: "Query" },
  ],
  verbs: {
    tables: tablesVerb,
    rows: rowsVerb,
    query: queryVerb,
    explain: explainVerb,
    statements: statementsVerb,
  },
  actions: [checkpoint(), analyze()],
};

/** What has to be written may be much. */
const ACTION_MS_MAX = 10 * 60_000;

function checkpoint(): EngineAction {
  return {
    info: () => ({
      id: "checkpoint",
      title: "Checkpoint",
      description: "Writes all changed pages to disk now, so that a recovery would be short.",
      fields: [],
    }),
    async perform({ name, ...target }, input) {
      readFields(input, []);
      return await acting({ name, ...target }, async (session) => {
        await session.ask(`SET statement_timeout = ${ACTION_MS_MAX}`);
        // The role may have the right, or the right to take it on.
        await session.ask("SET ROLE pg_checkpoint").catch((thrown) => {
          if (!isRefusal(thrown)) throw thrown;
        });
        await session.ask("CHECKPOINT");
        return `${name} has written everything to disk`;
      });
    },
  };
}

function analyze(): EngineAction {
  return {
    info: () => ({
      id: "analyze",
      title: "Vacuum and analyze",
      description:
        "Frees the room of rows that are gone, and counts anew what the planner goes by, in all tables.",
      fields: [],
    }),
    async perform({ name, ...target }, input) {
      readFields(input, []);
      return await acting({ name, ...target }, async (session) => {
        await session.ask(`SET statement_timeout = ${ACTION_MS_MAX}`);
        await session.ask("VACUUM (ANALYZE)");
        return `The tables of ${name} are vacuumed and analyzed`;
      });
    },
  };
}

async function acting(
  target: Parameters<EngineAction["perform"]>[0],
  act: (session: SqlSession) => Promise<string>,
): Promise<string> {
  try {
    return await connected(target, ACTION_MS_MAX, act);
  } catch (thrown) {
    throw problemOf(target.name, thrown);
  }
}
