import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { systemClock } from "../../../../blocks/time/index.ts";
import { ask, ServerFixture } from "../../../../engines/sql/server-fixture.ts";
import type { ViewTarget } from "../engine-view.ts";
import { explainVerb } from "./explain-verb.ts";
import { nodesOf } from "./plan-tree.ts";
import { queryVerb } from "./query-verb.ts";
import { rowsVerb } from "./rows-verb.ts";
import { sqlView } from "./sql-view.ts";
import { statementsVerb } from "./statements-verb.ts";
import { tablesVerb } from "./tables-verb.ts";

const fixture = new ServerFixture();
let target: ViewTarget;

before(async () => {
  const { url } = await fixture.start();
  target = { name: "orders", url, external: false, clock: systemClock };
  await ask(
    url,
    `CREATE TABLE people (id int PRIMARY KEY, email text NOT NULL, born date DEFAULT '2000-01-01', city text DEFAULT 'Bern');
     INSERT INTO people SELECT n, 'p' || n || '@example.com' FROM generate_series(1, 50000) n;
     CREATE TABLE "Odd ""Name" (id int PRIMARY KEY, person int REFERENCES people, data bytea, doc jsonb, note text);
     INSERT INTO "Odd ""Name" VALUES (1, 7, '\\xff00', '{"a":[1]}', NULL), (2, 7, '', '{}', repeat('x', 2000000)), (3, 7, NULL, NULL, '<img src=x onerror=alert(1)>');
     CREATE INDEX one ON people (email); CREATE INDEX two ON people (email, born);
     CREATE SCHEMA side; CREATE VIEW side.young AS SELECT * FROM people WHERE born > '2010-01-01';
     ANALYZE`,
  );
});
after(() => fixture[Symbol.asyncDispose]());

async function grid(sql: string) {
  const answer = await queryVerb(target, { sql });
  assert.ok("rows" in answer, JSON.stringify(answer));
  return answer;
}

async function problem(sql: string) {
  const answer = await queryVerb(target, { sql });
  assert.ok("problem" in answer, "it was refused");
  return answer.problem;
}

describe("a look into a database", () => {
  test("lists tables with rows, sizes, columns, indexes and scans, and says what could be better", async () => {
    const { tables, leftOut, advice } = await tablesVerb(target, {});
    assert.equal(leftOut, 0);
    const people = tables.find(({ name }) => name === "people");
    assert.ok(people);
    assert.deepEqual([people.schema, people.kind, people.rows], ["public", "table", 50_000]);
    assert.ok(people.tableBytes > 1e6 && people.indexBytes > 1e6 && people.analyzedMs && people.scans);
    assert.deepEqual(people.columns[2], {
      name: "born",
      type: "date",
      nullable: true,
      default: "'2000-01-01'::date",
    });
    assert.deepEqual(
      people.indexes.map(({ name, columns, isPrimary }) => [name, columns, isPrimary]),
      [
        ["people_pkey", ["id"], true],
        ["one", ["email"], false],
        ["two", ["email", "born"], false],
      ],
    );
    assert.ok(
      tables.some(({ schema, name, kind }) => schema === "side" && name === "young" && kind === "view"),
    );
    assert.deepEqual(
      advice.map(({ about, title, sql }) => [about, title, sql]),
      [
        ["public.people", "Index twice", "DROP INDEX CONCURRENTLY public.one;"],
        [
          `public.Odd "Name`,
          "Foreign key without an index",
          `CREATE INDEX CONCURRENTLY ON public."Odd ""Name" (person);`,
        ],
      ].sort((one, other) => (one[0] === advice[0]?.about ? -1 : other[0] === advice[0]?.about ? 1 : 0)),
    );
  });

  test("shows rows in the order of the key, NULL apart from nothing, and long values cut", async () => {
    const answer = await rowsVerb(target, { schema: "public", table: 'Odd "Name', limit: 2 });
    assert.ok("rows" in answer);
    assert.deepEqual(
      answer.columns.map(({ type }) => type),
      ["integer", "integer", "bytea", "jsonb", "text"],
    );
    assert.deepEqual(answer.rows[0], ["1", "7", "\\xff00", '{"a": [1]}', null]);
    assert.deepEqual(answer.rows[1], ["2", "7", "\\x", "{}", { text: "x".repeat(500), length: 2_000_000 }]);
    assert.equal(answer.cut, "rows");
    const next = await rowsVerb(target, { schema: "public", table: 'Odd "Name', limit: 2, offset: 2 });
    assert.ok("rows" in next && !next.cut);
    assert.deepEqual(next.rows, [["3", "7", null, null, "<img src=x onerror=alert(1)>"]]);
    await assert.rejects(rowsVerb(target, { schema: "public", table: 'people" --' }), {
      code: "NOT_POSSIBLE",
    });
    await assert.rejects(rowsVerb(target, { schema: "public", table: "people", limit: 1e6 }), {
      code: "BAD_REQUEST",
    });
  });

  test("runs a statement that reads, with types and the time that it took", async () => {
    const answer = await grid(
      "SELECT id, email, NULL::numeric(10,2) AS nothing, ARRAY[1,2] FROM people WHERE id < 3 ORDER BY id; -- so",
    );
    assert.deepEqual(answer.columns, [
      { name: "id", type: "integer" },
      { name: "email", type: "text" },
      { name: "nothing", type: "numeric(10,2)" },
      { name: "array", type: "integer[]" },
    ]);
    assert.deepEqual(answer.rows, [
      ["1", "p1@example.com", null, "{1,2}"],
      ["2", "p2@example.com", null, "{1,2}"],
    ]);
    assert.ok(answer.tookMs > 0 && !answer.cut);
    assert.deepEqual((await grid("/* so */ (VALUES (1), (2))")).rows, [["1"], ["2"]]);
    assert.deepEqual((await grid("SHOW server_version_num")).rows.length, 1);
    assert.deepEqual((await grid("TABLE side.young")).rows, []);
    assert.deepEqual((await grid("WITH a AS (SELECT 1 AS x) SELECT x FROM a")).rows, [["1"]]);
  });

  test("returns 500 rows and a megabyte at most, and says that there are more", async () => {
    const many = await grid("SELECT generate_series(1, 1000000000)");
    assert.deepEqual([many.rows.length, many.cut], [500, "rows"]);
    assert.equal((await grid("SELECT n FROM generate_series(1, 500) n")).cut, undefined);
    const wide = await grid("SELECT repeat('x', 10000) FROM generate_series(1, 1000)");
    assert.equal(wide.cut, "bytes");
    assert.ok(JSON.stringify(wide).length < 1_300_000);
    await assert.rejects(queryVerb(target, { sql: "SELECT repeat('x', 100000000)" }), /longer than 32 MiB/);
  });

  test("gives up after five seconds, on the server too", async () => {
    const { state } = await problem("SELECT count(*) FROM generate_series(1, 100000000000)");
    assert.equal(state, "57014");
  });

  test("tells a mistake in PostgreSQL's words, and where in the text it is", async () => {
    const sql = "SELECT '🙂', nme FROM people";
    const found = await problem(sql);
    assert.equal(found.state, "42703");
    assert.equal(sql.slice(found.position, (found.position ?? 0) + 3), "nme");
    assert.match((await problem("SELECT id FROM people WHERE")).message, /syntax error at end of input/);
    assert.match((await problem("SELECT $1")).message, /parameter/);
    assert.match((await problem("  ")).message, /no statement/);
    assert.match((await problem("EXPLAIN SELECT 1")).message, /press Explain/);
    await assert.rejects(queryVerb(target, { sql: "x".repeat(8_001) }), { code: "BAD_REQUEST" });
    await assert.rejects(queryVerb(target, { sql: "SELECT 1", role: "postgres" }), { code: "BAD_REQUEST" });
  });

  test("draws a plan, measured when asked for, with what could be better", async () => {
    const sql = "SELECT * FROM people p JOIN side.young y USING (id) WHERE p.born = '1990-01-01'";
    const plan = await explainVerb(target, { sql });
    assert.ok("plan" in plan);
    assert.ok([...nodesOf(plan.plan)].some(({ relation }) => relation === "public.people"));
    assert.equal(plan.executionMs, undefined);
    const measured = await explainVerb(target, {
      sql: "SELECT * FROM people WHERE city = 'Oslo'",
      analyze: true,
    });
    assert.ok("plan" in measured && measured.executionMs);
    assert.equal(measured.plan.rowsRemoved, 50_000, JSON.stringify(measured));
    const [advice] = measured.advice;
    assert.deepEqual(
      [advice?.about, advice?.title, advice?.sql],
      ["0", "Sequential scan that keeps few rows", "CREATE INDEX CONCURRENTLY ON public.people (city);"],
    );
    const unmeasured = await explainVerb(target, { sql: "SELECT * FROM people WHERE city = 'Oslo'" });
    assert.ok(
      "plan" in unmeasured && unmeasured.advice.length === 1,
      "the size of the table is known without running it",
    );
    const writing = await explainVerb(target, { sql: "DELETE FROM people WHERE id = 1" });
    assert.ok("plan" in writing && writing.plan.title === "Delete on people");
    const generic = await explainVerb(target, { sql: "SELECT * FROM people WHERE id = $1" });
    assert.ok("plan" in generic && generic.plan.index === "people_pkey", JSON.stringify(generic));
    const wrong = await explainVerb(target, { sql: "SELECT nme FROM people" });
    assert.ok("problem" in wrong && wrong.problem.position === 7);
  });

  test("checkpoints, vacuums and analyzes, as the part's own role", async () => {
    const act = (id: string) =>
      sqlView.actions.find((one) => one.info(target).id === id)?.perform(target, {});
    assert.equal(await act("checkpoint"), "orders has written everything to disk");
    assert.equal(await act("analyze"), "The tables of orders are vacuumed and analyzed");
    assert.deepEqual(await statementsVerb(target, {}), { isKnown: false, statements: [] });
  });

  test("says why it cannot, and never the password", async () => {
    const password = new URL(target.url ?? "").password;
    for (const [url, words] of [
      [undefined, /has not been ready yet/],
      [target.url?.replace(password, "wrong"), /password authentication failed/],
      [`postgres://shop:${password}@127.0.0.1:1/orders`, /ECONNREFUSED/],
    ] as const) {
      await assert.rejects(tablesVerb({ ...target, url }, {}), (error: Error & { code?: string }) => {
        assert.match(error.message, words);
        assert.ok(!error.message.includes(password));
        return error.code === "NOT_POSSIBLE";
      });
    }
  });
});
