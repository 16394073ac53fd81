import type { PlanNode, SqlAdvice } from "../../../control-api/index.ts";
import { filterColumns, hasOrOfColumns } from "./filter-columns.ts";
import { type Facts, nodesOf, numberIn, type Plan, textIn } from "./plan-tree.ts";

/** What is known besides the plan. */
export interface AdviceContext {
  /** How many rows a table has, by `schema.name`; an estimate. */
  readonly tableRows: ReadonlyMap<string, number>;
}

/** A table with fewer rows is read whole in no time. */
const LARGE_ROWS = 10_000;
/** Reading rows to throw away more than this share of them is what an index spares. */
const WASTE_SHARE = 0.9;
/** Estimates that are so many times off lead to other plans. */
const OFF_FACTOR = 10;
const REPEATS_MANY = 1_000;
const ADVICE_MAX = 30;

interface Place {
  readonly node: PlanNode;
  readonly facts: Facts | undefined;
  /** From the node's parent to the root. */
  readonly above: readonly PlanNode[];
  readonly context: AdviceContext;
}

type Rule = (place: Place) => Omit<SqlAdvice, "about"> | undefined;

/** What the handbook says of plans, and PostgreSQL's manual ("Using EXPLAIN"): one rule each. */
const RULES: readonly Rule[] = [
  wastefulScan,
  wastefulIndexScan,
  wrongEstimate,
  spilledSort,
  spilledHash,
  manyRepetitions,
  sortForLimit,
  lossyBitmap,
  heapFetches,
];

/** What could be better in a plan, with the node that each is about; what costs time now comes first. Pure. */
export function planAdvice({ root, facts }: Plan, context: AdviceContext): SqlAdvice[] {
  const advice: SqlAdvice[] = [];
  const visit = (node: PlanNode, above: readonly PlanNode[]): void => {
    for (const rule of RULES) {
      const found = rule({ node, facts: facts.get(node.id), above, context });
      if (found) advice.push({ about: node.id, ...found });
    }
    for (const child of node.children) visit(child, [node, ...above]);
  };
  visit(root, []);
  return advice
    .sort((one, other) => Number(one.level === "info") - Number(other.level === "info"))
    .slice(0, ADVICE_MAX);
}

function wastefulScan({ node, facts, context }: Place): Omit<SqlAdvice, "about"> | undefined {
  const filter = textIn(facts, "Filter");
  if (node.type !== "Seq Scan" || filter === undefined) return undefined;
  const { kept, read } = readAndKept(node, context);
  if (read < LARGE_ROWS || kept > read * (1 - WASTE_SHARE)) return undefined;
  const what = `${node.relation ?? "The table"} is read whole: ${rowsText(read)} to keep ${rowsText(kept)}.`;
  if (hasOrOfColumns(filter)) {
    return {
      level: "warn",
      title: "Sequential scan for an OR of columns",
      text: `${what} No one index answers an OR of different columns: give each an index, or make it a UNION of two queries that each have one.`,
    };
  }
  const columns = filterColumns(filter);
  if (columns.length > 0 && columns.every(({ use }) => use === "like")) {
    return {
      level: "warn",
      title: "Sequential scan for a pattern",
      text: `${what} A pattern that begins with a wildcard, or does not mind case, cannot use an ordinary index: a trigram index (pg_trgm) or full-text search can.`,
    };
  }
  const sql = indexFor(node, filter);
  return {
    level: "warn",
    title: "Sequential scan that keeps few rows",
    text: `${what} An index on what the filter compares would lead to them at once.`,
    ...(sql === undefined ? {} : { sql }),
  };
}

/** How many rows a scan looks at and how many it keeps, of all its runs: measured, or as the planner expects. */
function readAndKept(node: PlanNode, { tableRows }: AdviceContext): { kept: number; read: number } {
  if (node.rows === undefined) {
    return { kept: node.rowsEstimated, read: tableRows.get(node.relation ?? "") ?? 0 };
  }
  const kept = node.rows * (node.loops ?? 1);
  return { kept, read: kept + (node.rowsRemoved ?? 0) };
}

function wastefulIndexScan({ node, facts }: Place): Omit<SqlAdvice, "about"> | undefined {
  const filter = textIn(facts, "Filter");
  if (!/^(Index|Bitmap Heap|Index Only) Scan$/.test(node.type) || filter === undefined) return undefined;
  const removed = node.rowsRemoved ?? 0;
  const kept = (node.rows ?? 0) * (node.loops ?? 1);
  if (removed < LARGE_ROWS || removed < (removed + kept) * WASTE_SHARE) return undefined;
  const sql = indexFor(node, filter, textIn(facts, "Index Cond") ?? textIn(facts, "Recheck Cond"));
  return {
    level: "warn",
    title: "Index that finds too much",
    text: `The index leads to ${rowsText(removed + kept)}, and the filter throws ${rowsText(removed)} of them away. An index that also has the filter's columns, behind those that are compared for equality, would not lead there.`,
    ...(sql === undefined ? {} : { sql }),
  };
}

function wrongEstimate({ node, facts, above }: Place): Omit<SqlAdvice, "about"> | undefined {
  if (node.rows === undefined || node.loops === 0) return undefined;
  if (!isOff(node, above) || node.children.some((child) => isOff(child, [node, ...above]))) return undefined;
  const table = node.relation ?? [...nodesOf(node)].find(({ relation }) => relation !== undefined)?.relation;
  const isJoined =
    /Join|Nested Loop|Aggregate/.test(node.type) || / AND /.test(textIn(facts, "Filter") ?? "");
  return {
    level: "warn",
    title: "Estimate far off",
    text: `PostgreSQL expected ${rowsText(node.rowsEstimated)} and found ${rowsText(node.rows)}: it may choose another plan when it knows better. Statistics that are old are mended by ANALYZE${isJoined ? "; columns that depend on each other need CREATE STATISTICS" : ""}.`,
    ...(table === undefined ? {} : { sql: `ANALYZE ${quoted(table)};` }),
  };
}

function isOff(node: PlanNode, above: readonly PlanNode[]): boolean {
  const { rows, rowsEstimated, loops } = node;
  if (rows === undefined || loops === 0) return false;
  const [least, most] = [Math.max(1, Math.min(rows, rowsEstimated)), Math.max(rows, rowsEstimated)];
  if (most < 100 || most < least * OFF_FACTOR) return false;
  // Whoever stops early has fewer rows than there are: nothing was wrong about those.
  return rows > rowsEstimated || !above.some(({ type }) => /^(Limit|Merge Join|Nested Loop)$/.test(type));
}

function spilledSort({ node, facts }: Place): Omit<SqlAdvice, "about"> | undefined {
  if (textIn(facts, "Sort Space Type") !== "Disk") return undefined;
  const kib = numberIn(facts, "Sort Space Used") ?? 0;
  return {
    level: "warn",
    title: "Sort on disk",
    text: `${rowsText(node.rows ?? node.rowsEstimated)} did not fit into work_mem, and ${sizeText(kib)} went to disk. An index in this order needs no sort; else more work_mem for this query, in memory it takes up to three times as much.`,
    sql: `SET LOCAL work_mem = '${Math.max(8, 2 ** Math.ceil(Math.log2((kib * 3) / 1_024)))}MB';`,
  };
}

function spilledHash({ node, facts }: Place): Omit<SqlAdvice, "about"> | undefined {
  const batches = numberIn(facts, "Hash Batches") ?? numberIn(facts, "HashAgg Batches") ?? 1;
  if (batches <= 1) return undefined;
  const kib = numberIn(facts, "Peak Memory Usage") ?? 0;
  return {
    level: "warn",
    title: "Hash in batches",
    text: `The table of ${rowsText(node.rows ?? node.rowsEstimated)} did not fit into work_mem: it was cut into ${batches} batches, which go by way of the disk. More work_mem (hash_mem_multiplier) for this query, or fewer rows and columns before it.`,
    sql: `SET LOCAL work_mem = '${Math.max(8, 2 ** Math.ceil(Math.log2((kib * batches) / 1_024 + 1)))}MB';`,
  };
}

function manyRepetitions({ node, facts }: Place): Omit<SqlAdvice, "about"> | undefined {
  const inner = node.type === "Nested Loop" ? node.children[1] : undefined;
  if (!inner || inner.loops === undefined) return undefined;
  const share = (inner.totalMs ?? 0) / Math.max(node.totalMs ?? 0, 0.001);
  const scan = [...nodesOf(inner)].find(({ type }) => type === "Seq Scan");
  const isScanned =
    scan !== undefined &&
    inner.loops >= 10 &&
    (scan.rows ?? 0) + (scan.rowsRemoved ?? 0) / inner.loops >= 100;
  if (!isScanned && (inner.loops < REPEATS_MANY || share < 0.5)) return undefined;
  const filter = textIn(facts, "Join Filter");
  return {
    level: "warn",
    title: "Nested loop with many repetitions",
    text: `What is below is done ${inner.loops.toLocaleString("en")} times, once for each row beside it. ${isScanned ? `Each time ${scan?.relation ?? "a table"} is read whole: an index on what joins them would lead to its rows.` : "When there are so many, a hash join is better: PostgreSQL chooses it when it knows how many there are (ANALYZE), or when work_mem has room for it."}${filter === undefined ? "" : ` They are joined by ${filter}.`}`,
  };
}

function sortForLimit({ node, above }: Place): Omit<SqlAdvice, "about"> | undefined {
  if (node.type !== "Sort" || above[0]?.type !== "Limit") return undefined;
  const below = node.children[0];
  const rows = (below?.rows ?? below?.rowsEstimated ?? 0) * (below?.loops ?? 1);
  if (rows < LARGE_ROWS) return undefined;
  return {
    level: "info",
    title: "Sort for a few rows",
    text: `${rowsText(rows)} are gathered and sorted to return the first few. An index in the order of ORDER BY, behind the columns that are compared for equality, gives them without.`,
  };
}

function lossyBitmap({ facts }: Place): Omit<SqlAdvice, "about"> | undefined {
  const lossy = numberIn(facts, "Lossy Heap Blocks") ?? 0;
  if (lossy < 1_000) return undefined;
  return {
    level: "info",
    title: "Bitmap too large for memory",
    text: `${lossy.toLocaleString("en")} pages had to be remembered as wholes, and every row in them checked again: more work_mem holds the rows themselves.`,
  };
}

function heapFetches({ node, facts }: Place): Omit<SqlAdvice, "about"> | undefined {
  const fetches = numberIn(facts, "Heap Fetches") ?? 0;
  const rows = (node.rows ?? 0) * (node.loops ?? 1);
  if (node.type !== "Index Only Scan" || fetches < 1_000 || fetches < rows / 2) return undefined;
  return {
    level: "info",
    title: "Index alone does not suffice yet",
    text: `For ${fetches.toLocaleString("en")} rows the table was asked whether they are still seen. VACUUM notes of whole pages that they are.`,
    ...(node.relation === undefined ? {} : { sql: `VACUUM ${quoted(node.relation)};` }),
  };
}

/** An index on what one condition, and before it another, compares. */
function indexFor(node: PlanNode, filter: string, before = ""): string | undefined {
  if (node.relation === undefined) return undefined;
  const columns = [...filterColumns(before), ...filterColumns(filter)]
    .filter(({ use }) => use !== "like")
    .sort((one, other) => Number(one.use === "range") - Number(other.use === "range"));
  const names = [...new Set(columns.map(({ expression }) => expression))].slice(0, 4);
  if (names.length === 0) return undefined;
  return `CREATE INDEX CONCURRENTLY ON ${quoted(node.relation)} (${names.join(", ")});`;
}

/** `public.links` as a statement names it. */
export function quoted(relation: string): string {
  const [schema = "", ...rest] = relation.split(".");
  const names = rest.length === 0 ? [schema] : [schema, rest.join(".")];
  return names
    .map((name) => (/^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`))
    .join(".");
}

function rowsText(rows: number): string {
  const whole = Math.round(rows);
  return whole === 1 ? "1 row" : `${whole.toLocaleString("en")} rows`;
}

function sizeText(kib: number): string {
  return kib < 1_024 ? `${kib} KiB` : `${Math.round(kib / 102.4) / 10} MiB`;
}
