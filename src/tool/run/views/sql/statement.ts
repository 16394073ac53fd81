import type { SqlProblem } from "../../../control-api/index.ts";

/**
 * What can be told of a statement before the server sees it. The server itself sees to it that no more than one is run and that it writes
 * nothing; what is here are the few functions that do something which no transaction takes back, and words for people. Pure.
 */

const STATEMENT_LENGTH_MAX = 8_000;

export { STATEMENT_LENGTH_MAX };

/** Statements that a cursor can be made of, and one that needs none. */
const READING = new Set(["select", "with", "values", "table", "show"]);
const EXPLAINED = new Set(["select", "with", "values", "table", "insert", "update", "delete", "merge"]);

/**
 * Functions that end sessions, take locks which outlive a statement, write past the transaction, or run text as a statement, by which all
 * others could be reached; the one by which a statement could step out of the role that it is given; and the tables of passwords. They are
 * looked for everywhere, in strings too.
 */
const FORBIDDEN =
  /set_config|pg_terminate_backend|pg_cancel_backend|pg_(?:try_)?advisory\w*|pg_logical_emit_message|\blo_\w+|\blo(?:read|write)\b|dblink\w*|\w*_to_xml\w*|ts_stat|ts_rewrite|crosstab\w*|connectby|xpath_table|query_to_\w+|cursor_to_\w+|plpgsql_\w+|pg_(?:reload_conf|rotate_logfile|promote|switch_wal|create_restore_point)|pg_authid|pg_shadow|pg_user_mappings?|pg_subscription\b|u&"/i;

/** Why a statement is not run by `query`; undefined when it is tried. */
export function whyNotRun(sql: string): SqlProblem | undefined {
  const word = firstWord(sql);
  if (word === "") return { message: "There is no statement" };
  if (word === "explain") return { message: "Leave EXPLAIN out, and press Explain: the plan is drawn then" };
  if (READING.has(word)) return whyForbidden(sql);
  return {
    message: `Only statements that read are run here: SELECT, WITH, VALUES, TABLE and SHOW, and not ${word.toUpperCase()}`,
    position: sql.toLowerCase().indexOf(word),
  };
}

/** Why a statement is not explained; undefined when it is tried. One that writes is explained too, since it is not run. */
export function whyNotExplained(sql: string): SqlProblem | undefined {
  const word = firstWord(sql);
  if (word === "") return { message: "There is no statement" };
  if (word === "explain") return { message: "Leave EXPLAIN out: it is added" };
  if (EXPLAINED.has(word)) return whyForbidden(sql);
  return {
    message: `PostgreSQL has no plan for ${word.toUpperCase()}`,
    position: sql.toLowerCase().indexOf(word),
  };
}

/** Why a statement that can be explained is not run for it; undefined when it is tried. */
export function whyNotMeasured(sql: string): SqlProblem | undefined {
  const word = firstWord(sql);
  if (READING.has(word)) return undefined;
  return { message: `${word.toUpperCase()} writes, and is not run to be measured: explain it without` };
}

/** How many parameters (`$1`) a statement has, as far as can be seen: at most 100. */
export function parametersIn(sql: string): number {
  const bare = sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, "");
  const numbers = [...bare.matchAll(/\$(\d{1,3})\b/g)].map(([, number]) => Number(number));
  return Math.min(100, Math.max(0, ...numbers));
}

/** Whether it is `SHOW` and a setting's name, which no cursor is made of. */
export function isShow(sql: string): boolean {
  return /^\s*show\s+[\w.]+(\s+[\w.]+)*\s*;?\s*$/i.test(sql);
}

/** Where the server's position, in characters from 1 of a text with so much before the statement, is in the statement. */
export function positionIn(sql: string, before: string, position: number): number | undefined {
  const at = position - 1 - [...before].length;
  if (!Number.isInteger(at) || at < 0) return undefined;
  const letters = [...sql];
  return letters.slice(0, Math.min(at, letters.length)).join("").length;
}

function whyForbidden(sql: string): SqlProblem | undefined {
  const found = FORBIDDEN.exec(sql);
  if (!found) return undefined;
  return {
    message: `${found[0]} is not run here: it does more than read, or could be made to`,
    position: found.index,
  };
}

/** The first word, in lower case, behind spaces, comments and parentheses. */
function firstWord(sql: string): string {
  const rest = sql.replace(/^(?:[\s(;]|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, "");
  return /^\w+/.exec(rest)?.[0].toLowerCase() ?? rest.slice(0, 1);
}
