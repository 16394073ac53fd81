import type { SqlExplainAnswer } from "../../../control-api/index.ts";
import { RunError } from "../../errors.ts";
import type { ViewTarget } from "../engine-view.ts";
import { readFields, readText } from "../fields.ts";
import { planAdvice } from "./plan-advice.ts";
import { nodesOf, type Plan, planIn } from "./plan-tree.ts";
import { CURSOR, complaintOf, stepDown } from "./query-verb.ts";
import { isRefusal, problemOf, type Rows, reading, type SqlSession } from "./sql-session.ts";
import { parametersIn, STATEMENT_LENGTH_MAX, whyNotExplained, whyNotMeasured } from "./statement.ts";

const EXPLAIN = "EXPLAIN (FORMAT JSON, VERBOSE) ";
const EXPLAIN_ANALYZE = "EXPLAIN (FORMAT JSON, VERBOSE, ANALYZE, BUFFERS) ";
const PREPARE = "PREPARE trestle AS ";

/**
 * Answers `explain`: how PostgreSQL would carry a statement out, or (`analyze`) did, and what could be better about it. As `query` it reads
 * and no more: a statement that writes is planned and not run.
 */
export async function explainVerb(target: ViewTarget, input: unknown): Promise<SqlExplainAnswer> {
  const fields = readFields(input, ["sql", "analyze"]);
  const sql = readText(fields, "sql", STATEMENT_LENGTH_MAX);
  const analyze = fields.analyze ?? false;
  if (typeof analyze !== "boolean") throw new RunError("BAD_REQUEST", "analyze has to be true or false");
  const problem = whyNotExplained(sql) ?? (analyze ? whyNotMeasured(sql) : undefined);
  if (problem) return { problem };
  // What was put in front of the statement when the server complained of it.
  let before = analyze ? CURSOR : EXPLAIN;
  try {
    return await reading(target, async (session) => {
      await stepDown(session);
      const parameters = parametersIn(sql);
      if (parameters > 0 && !analyze) before = PREPARE;
      // To measure is to run, and EXPLAIN runs even a SELECT INTO in a transaction that reads: a cursor is not made of one.
      if (analyze) await session.one(CURSOR + sql);
      if (analyze) before = EXPLAIN_ANALYZE;
      const { rows } =
        before === PREPARE
          ? await explainPrepared(session, sql, parameters)
          : await session.one(before + sql);
      const plan = planIn(parsed(rows[0]?.[0] ?? ""));
      if (!plan) throw new RunError("NOT_POSSIBLE", `${target.name} returned no plan that can be read`);
      const advice = planAdvice(plan, { tableRows: await tableRows(session, plan) });
      const { root, planningMs, executionMs } = plan;
      return {
        plan: root,
        ...(planningMs === undefined ? {} : { planningMs }),
        ...(executionMs === undefined ? {} : { executionMs }),
        advice,
      };
    });
  } catch (thrown) {
    if (isRefusal(thrown)) return { problem: complaintOf(thrown, sql, before) };
    throw problemOf(target.name, thrown);
  }
}

/** The plan of a statement with parameters, as the server's statistics have them: one that is good for any of their values. */
async function explainPrepared(session: SqlSession, sql: string, parameters: number): Promise<Rows> {
  await session.ask("SET LOCAL plan_cache_mode = force_generic_plan");
  await session.one(PREPARE + sql);
  try {
    return await session.one(`${EXPLAIN}EXECUTE trestle(${Array(parameters).fill("NULL").join(", ")})`);
  } finally {
    // It would outlive the transaction, on a connection that a pooler gives to others.
    await session.ask("DEALLOCATE trestle").catch(() => {});
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function tableRows(session: SqlSession, { root }: Plan): Promise<ReadonlyMap<string, number>> {
  const relations = new Set([...nodesOf(root)].flatMap(({ relation }) => relation ?? []));
  const rows = await session.ask(
    "SELECT n.nspname || '.' || c.relname AS name, c.reltuples AS rows FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname || '.' || c.relname = ANY ($1::text[])",
    [[...relations]],
  );
  return new Map(rows.map(({ name, rows }) => [name ?? "", Number(rows)]));
}
