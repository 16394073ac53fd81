import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isShow, parametersIn, positionIn, whyNotExplained, whyNotRun } from "./statement.ts";

describe("what is told of a statement before it is run", () => {
  test("statements that read are tried, behind comments and parentheses too", () => {
    for (const sql of [
      "select 1",
      "(( SELECT 1))",
      "-- a\n/* b\n */ WITH a AS (SELECT 1) TABLE a",
      "VALUES (1)",
      "show work_mem;",
    ])
      assert.equal(whyNotRun(sql), undefined, sql);
    assert.ok(isShow(" show server_version ; ") && isShow("SHOW time zone"));
    assert.ok(!isShow("SHOW a; DROP TABLE t"));
  });

  test("others are refused with where they stand", () => {
    assert.deepEqual(whyNotRun("  drop table t"), {
      message: "Only statements that read are run here: SELECT, WITH, VALUES, TABLE and SHOW, and not DROP",
      position: 2,
    });
    assert.equal(whyNotRun("SELECT pg_terminate_backend(1)")?.position, 7);
    assert.match(whyNotRun("SELECT 'set_config'")?.message ?? "", /^set_config is not run here/);
    assert.match(whyNotExplained("EXPLAIN SELECT 1")?.message ?? "", /Leave EXPLAIN out/);
    assert.equal(whyNotExplained("UPDATE t SET a = 1"), undefined);
    for (const sql of ["", " ;; ", "-- only a comment"])
      assert.match(whyNotRun(sql)?.message ?? "", /no statement/);
  });

  test("functions that run text as a statement are refused, those of extensions too", () => {
    for (const name of ["crosstab", "crosstab3", "connectby", "xpath_table", "query_to_xml", "dblink_exec"])
      assert.match(whyNotRun(`SELECT * FROM ${name}('select 1')`)?.message ?? "", /is not run here/, name);
  });

  test("parameters are counted, and those in strings and names are none", () => {
    assert.equal(parametersIn("SELECT $1, $3 WHERE a = $2"), 3);
    assert.equal(parametersIn("SELECT '$4', \"$5\", 'it''s $6'"), 0);
    assert.equal(parametersIn("SELECT $999"), 100);
  });

  test("names that only look alike are not refused", () => {
    for (const sql of [
      "SELECT low, logo FROM t",
      "SELECT lo FROM t",
      "SELECT id AS flo_id FROM t",
      "SELECT count(*) FROM pg_stat_activity",
    ])
      assert.equal(whyNotRun(sql), undefined, sql);
  });

  test("the server's position is counted in characters, and the page's in code units", () => {
    assert.equal(positionIn("SELECT '🙂', nme", "EXPLAIN ", 8 + 13), 13);
    assert.equal(positionIn("SELECT 1", "EXPLAIN ", 3), undefined, "what is wrong stands in front of it");
    assert.equal(positionIn("SELECT", "EXPLAIN ", 100), 6);
  });
});
