import type { PlanNode } from "../../../control-api/index.ts";

/** What `EXPLAIN (FORMAT JSON)` says of a statement. */
export interface Plan {
  readonly root: PlanNode;
  readonly planningMs?: number;
  readonly executionMs?: number;
  /** Nodes of PostgreSQL's own form, by id, for whoever needs a figure that the tree does not have. */
  readonly facts: ReadonlyMap<string, Facts>;
}

/** A node's fields, by PostgreSQL's names for them. */
export type Facts = Readonly<Record<string, unknown>>;

const NODES_MAX = 2_000;
const TEXT_MAX = 2_000;

/** Fields that the tree tells in another way, or that say nothing to a person. */
const LEFT_OUT = new Set([
  "Node Type",
  "Plans",
  "Output",
  "Relation Name",
  "Schema",
  "Alias",
  "Index Name",
  "Startup Cost",
  "Total Cost",
  "Plan Rows",
  "Plan Width",
  "Actual Startup Time",
  "Actual Total Time",
  "Actual Rows",
  "Actual Loops",
  "Parallel Aware",
  "Async Capable",
  "Disabled",
  "Parent Relationship",
  "Inner Unique",
  "Scan Direction",
  "Rows Removed by Filter",
  "Workers",
  "CTE Name",
  "Function Name",
  "Single Copy",
  "Partial Mode",
  "Strategy",
  "Join Type",
  "Operation",
  "Subplan Name",
]);

/**
 * Reads the plan that `EXPLAIN (FORMAT JSON, VERBOSE)` returned, measured or not; undefined when it is none. Times of the server are means of a
 * node's runs: here they are of all runs together. Pure.
 */
export function planIn(json: unknown): Plan | undefined {
  const [first] = Array.isArray(json) ? json : [];
  if (!isFacts(first) || !isFacts(first.Plan)) return undefined;
  const facts = new Map<string, Facts>();
  const root = nodeOf(first.Plan, "0", facts);
  const [planningMs, executionMs] = [numberIn(first, "Planning Time"), numberIn(first, "Execution Time")];
  return {
    root,
    facts,
    ...(planningMs === undefined ? {} : { planningMs }),
    ...(executionMs === undefined ? {} : { executionMs }),
  };
}

/** A field that is a number. */
export function numberIn(facts: Facts | undefined, name: string): number | undefined {
  const value = facts?.[name];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** A field that is text. */
export function textIn(facts: Facts | undefined, name: string): string | undefined {
  const value = facts?.[name];
  return typeof value === "string" ? value : undefined;
}

/** A node and all below it, from the top. */
export function* nodesOf(node: PlanNode): Generator<PlanNode> {
  yield node;
  for (const child of node.children) yield* nodesOf(child);
}

function nodeOf(facts: Facts, id: string, all: Map<string, Facts>): PlanNode {
  all.set(id, facts);
  const below = Array.isArray(facts.Plans) ? facts.Plans.filter(isFacts) : [];
  const children: PlanNode[] = [];
  for (const [at, child] of below.entries()) {
    if (all.size < NODES_MAX) children.push(nodeOf(child, `${id}.${at}`, all));
  }
  const relation = textIn(facts, "Relation Name");
  const schema = textIn(facts, "Schema");
  const index = textIn(facts, "Index Name");
  return {
    id,
    type: textIn(facts, "Node Type") ?? "?",
    title: titleOf(facts),
    ...(relation === undefined
      ? {}
      : { relation: schema === undefined ? relation : `${schema}.${relation}` }),
    ...(index === undefined ? {} : { index }),
    cost: numberIn(facts, "Total Cost") ?? 0,
    rowsEstimated: numberIn(facts, "Plan Rows") ?? 0,
    ...measuredOf(facts, children),
    details: detailsOf(facts),
    children,
  };
}

function measuredOf(facts: Facts, children: readonly PlanNode[]) {
  const loops = numberIn(facts, "Actual Loops");
  const rows = numberIn(facts, "Actual Rows");
  if (loops === undefined || rows === undefined) return {};
  const removed = numberIn(facts, "Rows Removed by Filter");
  const totalMs = (numberIn(facts, "Actual Total Time") ?? 0) * loops;
  // What stands apart from its place in the plan is told as a child and was not waited for as one: hence never below nothing.
  const selfMs = Math.max(0, totalMs - children.reduce((sum, child) => sum + (child.totalMs ?? 0), 0));
  return {
    loops,
    rows,
    totalMs,
    selfMs,
    ...(removed === undefined ? {} : { rowsRemoved: removed * loops }),
  };
}

/** As PostgreSQL's own text form has it: `Hash Left Join`, `Index Scan using i on t a`. */
function titleOf(facts: Facts): string {
  const type = textIn(facts, "Node Type") ?? "?";
  const join = textIn(facts, "Join Type");
  const head = headOf(type, join, facts);
  const parallel = facts["Parallel Aware"] === true ? `Parallel ${head}` : head;
  const index = textIn(facts, "Index Name");
  const name = textIn(facts, "Relation Name") ?? textIn(facts, "CTE Name") ?? textIn(facts, "Function Name");
  const alias = textIn(facts, "Alias");
  return [
    parallel,
    index === undefined ? "" : ` using ${index}`,
    name === undefined ? "" : ` on ${name}`,
    alias === undefined || alias === name || name === undefined ? "" : ` ${alias}`,
  ].join("");
}

function headOf(type: string, join: string | undefined, facts: Facts): string {
  if (join !== undefined && join !== "Inner") {
    return type === "Nested Loop" ? `Nested Loop ${join} Join` : `${type.replace(/ Join$/, "")} ${join} Join`;
  }
  if (type === "Aggregate") {
    const strategy = textIn(facts, "Strategy");
    const kinds: Readonly<Record<string, string>> = {
      Hashed: "HashAggregate",
      Sorted: "GroupAggregate",
      Mixed: "MixedAggregate",
    };
    return kinds[strategy ?? ""] ?? "Aggregate";
  }
  if (type === "ModifyTable") return textIn(facts, "Operation") ?? type;
  return type;
}

function detailsOf(facts: Facts): { name: string; text: string }[] {
  return Object.entries(facts).flatMap(([name, value]) => {
    const text = LEFT_OUT.has(name) ? undefined : detailText(name, value);
    return text === undefined ? [] : [{ name, text: text.slice(0, TEXT_MAX) }];
  });
}

function detailText(name: string, value: unknown): string | undefined {
  // Blocks and times of which there are none say nothing; conditions and keys are texts and lists of texts.
  if (typeof value === "number")
    return value === 0 ? undefined : `${value}${/ (Usage|Used)$/.test(name) ? " KiB" : ""}`;
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value.join(", ");
  return undefined;
}

function isFacts(value: unknown): value is Facts {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
