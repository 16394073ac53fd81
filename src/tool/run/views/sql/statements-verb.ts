import { identifier } from "../../../../engines/sql/connection.ts";
import type { SqlStatementsAnswer } from "../../../control-api/index.ts";
import { statementsIn, statementsSql } from "../../telemetry/postgres/statistics.ts";
import type { ViewTarget } from "../engine-view.ts";
import { readFields } from "../fields.ts";
import { problemOf, reading } from "./sql-session.ts";

/** Answers `statements`: those that took most time, where the extension `pg_stat_statements` counts them. */
export async function statementsVerb(target: ViewTarget, input: unknown): Promise<SqlStatementsAnswer> {
  readFields(input, []);
  try {
    return await reading(target, async (session) => {
      const [extension] = await session.ask(
        "SELECT n.nspname AS schema FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'",
      );
      if (!extension) return { isKnown: false, statements: [] };
      const statements = statementsIn(await session.ask(statementsSql(identifier(extension.schema ?? ""))));
      return {
        isKnown: true,
        statements: statements.map(({ text, calls, totalMs, rows }) => ({ text, calls, totalMs, rows })),
      };
    });
  } catch (thrown) {
    throw problemOf(target.name, thrown);
  }
}
