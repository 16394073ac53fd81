import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SqlIndex, SqlTable } from "../../../control-api/index.ts";
import { tableAdvice } from "./table-advice.ts";

function index(name: string, keys: string, more: Partial<SqlIndex> = {}): SqlIndex {
  return {
    name,
    definition: `CREATE INDEX ${name} ON public.t USING btree (${keys})`,
    columns: keys.split(", "),
    bytes: 2 ** 22,
    scans: 10,
    isPrimary: false,
    isUnique: false,
    isValid: true,
    ...more,
  };
}

function table(more: Partial<SqlTable> = {}): SqlTable {
  return {
    schema: "public",
    name: "t",
    kind: "table",
    rows: 100_000,
    tableBytes: 2 ** 24,
    indexBytes: 2 ** 22,
    analyzedMs: 1,
    scans: { sequential: 1, sequentialRows: 100_000, index: 1_000 },
    columns: [],
    indexes: [],
    foreignKeys: [],
    ...more,
  };
}

function advise(more: Partial<SqlTable>): string[] {
  return tableAdvice([table(more)]).map(({ title, sql }) => `${title}${sql ? `: ${sql}` : ""}`);
}

describe("advice on tables", () => {
  test("one in order has none", () => {
    assert.deepEqual(advise({ indexes: [index("a", "a"), index("b", "b, a")] }), []);
  });

  test("one that is often read whole, was never analyzed, or has many dead rows is told", () => {
    assert.deepEqual(advise({ scans: { sequential: 500, sequentialRows: 5e7, index: 3 } }), [
      "Often read whole",
    ]);
    assert.deepEqual(
      advise({ scans: { sequential: 500, sequentialRows: 500, index: 3 } }),
      [],
      "each stopped early",
    );
    const { analyzedMs: _never, ...never } = table();
    assert.deepEqual(
      tableAdvice([never]).map(({ title }) => title),
      ["Never analyzed"],
    );
    assert.deepEqual(advise({ deadRows: 50_000 }), ["Many dead rows: VACUUM (ANALYZE) public.t;"]);
  });

  test("a foreign key wants an index that leads with its columns, in whatever order", () => {
    const foreignKeys = [{ name: "fk", columns: ["a", "b"], to: "u" }];
    const wanted = ["Foreign key without an index: CREATE INDEX CONCURRENTLY ON public.t (a, b);"];
    assert.deepEqual(advise({ foreignKeys }), wanted);
    assert.deepEqual(advise({ foreignKeys, indexes: [index("i", "b, a, c")] }), []);
    assert.deepEqual(advise({ foreignKeys, indexes: [index("i", "a, c, b")] }), wanted);
    const partial = { definition: "CREATE INDEX i ON public.t USING btree (a, b) WHERE c" };
    assert.deepEqual(advise({ foreignKeys, indexes: [index("i", "a, b", partial)] }), wanted);
  });

  test("an index that is another's beginning is there twice, unless it also keeps values apart", () => {
    const twice = ["Index twice: DROP INDEX CONCURRENTLY public.one;"];
    assert.deepEqual(advise({ indexes: [index("one", "a"), index("two", "a, b")] }), twice);
    assert.deepEqual(
      advise({ indexes: [index("two", "a"), index("one", "a")] }),
      twice,
      "of two alike the second",
    );
    assert.deepEqual(advise({ indexes: [index("one", "a", { isUnique: true }), index("two", "a, b")] }), []);
    assert.deepEqual(advise({ indexes: [index("one", "b"), index("two", "a, b")] }), []);
    assert.deepEqual(advise({ indexes: [index("one", "a DESC"), index("two", "a, b")] }), []);
    const other = { definition: "CREATE INDEX one ON public.t USING gin (a)" };
    assert.deepEqual(advise({ indexes: [index("one", "a", other), index("two", "a, b")] }), []);
  });

  test("an index that nobody uses is told where the table is used, and one that is broken always", () => {
    const indexes = [index("idle", "a", { scans: 0 })];
    assert.deepEqual(advise({ indexes }), ["Index that nothing uses: DROP INDEX CONCURRENTLY public.idle;"]);
    assert.deepEqual(advise({ indexes, scans: { sequential: 1, sequentialRows: 1, index: 1 } }), []);
    assert.deepEqual(advise({ indexes: [index("idle", "a", { scans: 0, isUnique: true })] }), []);
    assert.deepEqual(advise({ indexes: [index("bad", "a", { isValid: false })] }), [
      "Index that is not valid: REINDEX INDEX CONCURRENTLY public.bad;",
    ]);
  });
});
