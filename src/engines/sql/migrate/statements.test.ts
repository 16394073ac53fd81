import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { lineAt, splitStatements } from "./statements.ts";

const texts = (script: string) => splitStatements(script).map((one) => one.text);

test("a script is cut at its semicolons, and empty statements are none", () => {
  assert.deepEqual(texts("SELECT 1; SELECT 2;;\n ; SELECT 3"), ["SELECT 1", "SELECT 2", "SELECT 3"]);
  assert.deepEqual(texts(" -- nothing\n /* at all */ ;"), []);
});

test("statements know their line and their first words", () => {
  const script = "-- head\nSELECT 1;\n\n/* a\nb */ Create  Table t (\n a int);\nINSERT INTO t VALUES (1)";
  assert.deepEqual(
    splitStatements(script).map(({ line, words }) => [line, words.slice(0, 2).join(" ")]),
    [
      [2, "select"],
      [5, "create table"],
      [7, "insert into"],
    ],
  );
});

test("semicolons inside strings, names, quotes, comments and parentheses end nothing", () => {
  const wholes = [
    "SELECT 'a;b''c;d'",
    "SELECT E'a\\';b' , 'x\\'",
    'SELECT ";" FROM "a"";b"',
    "DO $$ BEGIN PERFORM 1; END; $$",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $body$ SELECT '$$;'; $body$",
    "SELECT $é$ ; $é$, $1",
    "SELECT 1 /* ; /* nested ; */ still ; */ + 1",
    "SELECT 1 -- not here;\n + 1",
    "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)",
    "SELECT a$1$b, 1e'",
  ];
  for (const whole of wholes) assert.deepEqual(texts(`${whole}`), [whole]);
  assert.deepEqual(texts(wholes.slice(0, -1).join(";\n")), wholes.slice(0, -1));
});

test("the body of an SQL-standard function is one statement with it, CASE expressions included", () => {
  const made = `CREATE OR REPLACE FUNCTION f(a int) RETURNS int
BEGIN ATOMIC
  SELECT CASE WHEN a > 0 THEN 1 ELSE 2 END;
  SELECT a;
END`;
  assert.deepEqual(texts(`${made}; SELECT 1`), [made, "SELECT 1"]);
  assert.deepEqual(texts("BEGIN; SELECT 1; END"), ["BEGIN", "SELECT 1", "END"]);
});

test("what is unfinished reaches to the end, for PostgreSQL to judge", () => {
  for (const whole of [
    "SELECT 'a; b",
    'SELECT "a; b',
    "SELECT $x$ a; $y$",
    "SELECT E'a\\'; b",
    "SELECT (1; 2",
  ])
    assert.deepEqual(texts(whole), [whole]);
  assert.deepEqual(texts("SELECT 1; /* open ; "), ["SELECT 1"]);
});

test("any script is cut into its own parts, in their order, at the lines where they stand", () => {
  const piece = fc.constantFrom(
    ..."; ;\n ' '' \" $$ $a$ -- /* */ ( ) E' \\ begin atomic case end create function select é 😀 1".split(
      " ",
    ),
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 60 }), (pieces) => {
      const script = pieces.join(" ");
      let from = 0;
      for (const { text, line } of splitStatements(script)) {
        const at = script.indexOf(text, from);
        assert.ok(at >= from && text.length > 0);
        assert.ok(line >= lineAt(script, from));
        from = at + text.length;
      }
    }),
    { numRuns: 1_000 },
  );
});

test("a script of a megabyte is cut in one pass", () => {
  const statement = "INSERT INTO t VALUES (1, 'some text; and more');\n";
  const count = Math.ceil((1 << 20) / statement.length);
  const statements = splitStatements(statement.repeat(count));
  assert.equal(statements.length, count);
  assert.equal(statements.at(-1)?.line, count);
  const long = `SELECT E'${"\\\\".repeat(1 << 20)}'`;
  assert.deepEqual(texts(long), [long]);
});
