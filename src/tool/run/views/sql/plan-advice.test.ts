import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { planAdvice } from "./plan-advice.ts";
import { type Facts, planIn } from "./plan-tree.ts";

/** A node as PostgreSQL tells it, measured. */
function node(type: string, rows: number, more: Facts = {}, plans: readonly Facts[] = []): Facts {
  return {
    "Node Type": type,
    "Plan Rows": rows,
    "Total Cost": 1,
    "Actual Rows": rows,
    "Actual Loops": 1,
    "Actual Total Time": 1,
    ...more,
    ...(plans.length > 0 ? { Plans: plans } : {}),
  };
}

function advise(plan: Facts, tableRows: Readonly<Record<string, number>> = {}) {
  const read = planIn([{ Plan: plan }]);
  assert.ok(read);
  return planAdvice(read, { tableRows: new Map(Object.entries(tableRows)) }).map(
    ({ about, title, sql }) => `${about} ${title}${sql ? `: ${sql}` : ""}`,
  );
}

const LINKS = { "Relation Name": "links", Schema: "public", Alias: "links" };

describe("advice on plans", () => {
  test("a scan that reads many rows to keep few wants an index on what it compares", () => {
    const scan = node("Seq Scan", 5, {
      ...LINKS,
      Filter: "(links.code = 'a'::text)",
      "Rows Removed by Filter": 100_000,
    });
    assert.deepEqual(advise(scan), [
      "0 Sequential scan that keeps few rows: CREATE INDEX CONCURRENTLY ON public.links (code);",
    ]);
    assert.deepEqual(
      advise({ ...scan, "Rows Removed by Filter": 500 }),
      [],
      "a small table is read in no time",
    );
    assert.deepEqual(
      advise({ ...scan, "Actual Rows": 50_000, "Plan Rows": 50_000 }),
      [],
      "what keeps much has to read it",
    );
    const planned = { "Node Type": "Seq Scan", "Plan Rows": 5, ...LINKS, Filter: "(links.code = 'a'::text)" };
    assert.equal(advise(planned, { "public.links": 1_000_000 }).length, 1);
    assert.equal(advise(planned, { "public.links": 100 }).length, 0);
  });

  test("an index has the columns of equality first, and expressions as they are compared", () => {
    const scan = (filter: string) =>
      advise(node("Seq Scan", 5, { ...LINKS, Filter: filter, "Rows Removed by Filter": 100_000 }));
    assert.deepEqual(scan("((links.at > '2024-01-01'::date) AND (links.owner = 7))"), [
      "0 Sequential scan that keeps few rows: CREATE INDEX CONCURRENTLY ON public.links (owner, at);",
    ]);
    assert.deepEqual(scan("(lower(links.email) = 'j'::text)"), [
      "0 Sequential scan that keeps few rows: CREATE INDEX CONCURRENTLY ON public.links (lower(email));",
    ]);
    assert.deepEqual(scan("(links.name ~~ '%phone%'::text)"), ["0 Sequential scan for a pattern"]);
    assert.deepEqual(scan("((links.a = 1) OR (links.b = 2))"), ["0 Sequential scan for an OR of columns"]);
  });

  test("an index that leads to rows which the filter throws away wants its columns too", () => {
    const scan = node("Index Scan", 3, {
      ...LINKS,
      "Index Cond": "(links.owner = 7)",
      Filter: "(links.kind = 2)",
      "Rows Removed by Filter": 50_000,
    });
    assert.deepEqual(advise(scan), [
      "0 Index that finds too much: CREATE INDEX CONCURRENTLY ON public.links (owner, kind);",
    ]);
  });

  test("an estimate that is ten times off wants ANALYZE, told where it arises and not all the way up", () => {
    const scan = node("Seq Scan", 20_000, { ...LINKS, "Plan Rows": 10 });
    const plan = node("Hash Join", 20_000, { "Plan Rows": 10 }, [scan, node("Hash", 1)]);
    assert.deepEqual(advise(plan), ["0.0 Estimate far off: ANALYZE public.links;"]);
    assert.deepEqual(
      advise(node("Limit", 10, {}, [node("Seq Scan", 10, { ...LINKS, "Plan Rows": 20_000 })])),
      [],
      "a limit stops early",
    );
    assert.deepEqual(
      advise(node("Seq Scan", 50, { ...LINKS, "Plan Rows": 1 })),
      [],
      "so few make no difference",
    );
  });

  test("a sort on disk and a hash in batches want memory", () => {
    const sort = node("Sort", 1_000, {
      "Sort Method": "external merge",
      "Sort Space Type": "Disk",
      "Sort Space Used": 20_000,
    });
    assert.deepEqual(advise(sort), ["0 Sort on disk: SET LOCAL work_mem = '64MB';"]);
    assert.deepEqual(advise({ ...sort, "Sort Space Type": "Memory" }), []);
    assert.deepEqual(advise(node("Hash", 1_000, { "Hash Batches": 4, "Peak Memory Usage": 4_096 })), [
      "0 Hash in batches: SET LOCAL work_mem = '32MB';",
    ]);
    assert.deepEqual(advise(node("Hash", 1_000, { "Hash Batches": 1 })), []);
  });

  test("a nested loop that repeats much is told, when that takes the time or reads a table each time", () => {
    const inner = node("Index Scan", 1, { ...LINKS, "Actual Loops": 50_000, "Actual Total Time": 0.01 });
    const loop = (below: Facts) =>
      node("Nested Loop", 50_000, { "Actual Total Time": 600 }, [node("Seq Scan", 50_000), below]);
    assert.deepEqual(advise(loop(inner)), ["0 Nested loop with many repetitions"]);
    assert.deepEqual(
      advise(loop({ ...inner, "Actual Total Time": 0.001 })),
      [],
      "it takes little of the time",
    );
    assert.deepEqual(advise(loop({ ...inner, "Actual Loops": 5 })), []);
    const whole = node("Seq Scan", 0, { ...LINKS, "Actual Loops": 20, "Rows Removed by Filter": 5_000 });
    assert.ok(advise(loop(whole)).includes("0 Nested loop with many repetitions"));
  });

  test("sorting many to return few, bitmaps without room and tables asked for an index are worth a word", () => {
    assert.deepEqual(
      advise(node("Limit", 10, {}, [node("Sort", 10, {}, [node("Seq Scan", 50_000, LINKS)])])),
      ["0.0 Sort for a few rows"],
    );
    assert.deepEqual(advise(node("Bitmap Heap Scan", 10, { "Lossy Heap Blocks": 5_000 })), [
      "0 Bitmap too large for memory",
    ]);
    assert.deepEqual(advise(node("Index Only Scan", 5_000, { ...LINKS, "Heap Fetches": 5_000 })), [
      "0 Index alone does not suffice yet: VACUUM public.links;",
    ]);
  });

  test("what is no plan is none, and a plan of any depth is read with a bound", () => {
    for (const json of [undefined, null, 7, [], [{}], [{ Plan: 1 }], {}])
      assert.equal(planIn(json), undefined);
    const odd = planIn([
      { Plan: { "Node Type": 7, Plans: [null, 3, { Plans: "x" }], "Total Cost": "much" } },
    ]);
    assert.deepEqual([odd?.root.type, odd?.root.children.length, odd?.root.cost], ["?", 1, 0]);
    const wide = planIn([{ Plan: { Plans: Array.from({ length: 5_000 }, () => ({})) } }]);
    assert.ok((wide?.root.children.length ?? 0) < 2_000);
  });

  test("times are of all runs together, and a node's own without those below it", () => {
    const plan = planIn([
      {
        Plan: node("Nested Loop", 10, { "Actual Total Time": 100 }, [
          node("Seq Scan", 10, { "Actual Total Time": 20 }),
          node("Index Scan", 1, { "Actual Total Time": 3, "Actual Loops": 10 }),
        ]),
        "Execution Time": 101,
      },
    ]);
    assert.deepEqual([plan?.root.selfMs, plan?.root.children[1]?.totalMs, plan?.executionMs], [50, 30, 101]);
  });
});
