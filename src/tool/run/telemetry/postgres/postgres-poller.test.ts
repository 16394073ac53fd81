import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { describe, type TestContext, test } from "node:test";
import pg from "pg";
import { SimulatedClock } from "../../../../blocks/time/index.ts";
import { ask, ServerFixture } from "../../../../engines/sql/server-fixture.ts";
import { until } from "../../testdata/stage.ts";
import type { MetricWriter, OwnSample } from "../metric-reader.ts";
import { POLL_EVERY_MS, PostgresPoller } from "./postgres-poller.ts";
import { statementsIn, statementsSql } from "./statistics.ts";

function scene(t: TestContext, url: () => string | undefined) {
  const samples: OwnSample[] = [];
  const keep = (sample: OwnSample) => void samples.push(sample);
  const writer: MetricWriter = {
    gauge: keep,
    counter: keep,
    observe: () => assert.fail("nothing to observe"),
  };
  const clock = new SimulatedClock();
  const poller = new PostgresPoller({ part: "links", url, clock, writer });
  t.after(() => poller.close());
  const last = (name: string, attributes: Record<string, string> = {}) =>
    samples.findLast(
      (sample) =>
        sample.name === name &&
        Object.entries(attributes).every(([key, value]) => sample.attributes?.[key] === value),
    )?.value;
  /** Polls, and waits until that is over: the pause is set then. */
  const polled = async (what: string, holds: () => boolean) => {
    await until(what, async () => {
      await clock.advance(POLL_EVERY_MS);
      return holds();
    });
  };
  return { clock, poller, samples, last, polled };
}

describe("a database", () => {
  test("is asked for its own statistics, and shows neither the poller's work nor connections that are gone", async (t) => {
    await using fixture = new ServerFixture();
    const { url } = await fixture.start();
    const { poller, last, polled, samples } = scene(t, () => url);
    poller.start();
    await until("an answer", () => samples.length > 0);
    assert.equal(last("postgresql.connection.max"), 100);
    assert.equal(last("postgresql.backends", { application: "trestle", state: "active" }), 1);
    assert.ok((last("postgresql.db_size") ?? 0) > 1_000_000);
    assert.equal(last("postgresql.deadlocks"), 0);

    const client = new pg.Client({ connectionString: url, application_name: "api" });
    await client.connect();
    const before = last("postgresql.commits") ?? Number.NaN;
    await client.query("CREATE TABLE things AS SELECT generate_series(1, 500) AS id");
    for (let at = 0; at < 20; at++) await client.query("SELECT 1");
    await client.query("BEGIN");
    await polled(
      "its connection",
      () => last("postgresql.backends", { application: "api", state: "idle in transaction" }) === 1,
    );
    await client.query("ROLLBACK");
    await client.end();
    await polled(
      "its end",
      () => last("postgresql.backends", { application: "api", state: "idle in transaction" }) === 0,
    );
    await polled("its work", () => (last("postgresql.commits") ?? 0) >= before + 21);
    assert.ok((last("postgresql.rollbacks") ?? 0) >= 1);
    assert.ok((last("postgresql.tup_inserted") ?? 0) >= 500);

    const settled = last("postgresql.commits") ?? Number.NaN;
    const polls = samples.filter(({ name }) => name === "postgresql.commits").length;
    await polled(
      "ten more answers",
      () => samples.filter(({ name }) => name === "postgresql.commits").length > polls + 10,
    );
    const idle = (last("postgresql.commits") ?? Number.NaN) - settled;
    assert.ok(idle <= 4, `${idle} commits while nobody did anything`);
    assert.equal(poller.problem, undefined);
  });

  test("that went away is asked again once it is back, less and less often meanwhile", async (t) => {
    await using fixture = new ServerFixture();
    const server = await fixture.start();
    const { poller, last, polled, clock, samples } = scene(t, () => server.url);
    poller.start();
    await until("an answer", () => samples.length > 0);
    await server.close();
    await polled("that it is missed", () => poller.problem !== undefined);
    const seen = samples.length;
    await clock.advance(60 * POLL_EVERY_MS);
    assert.equal(samples.length, seen);
    const again = await fixture.start({ port: Number(new URL(server.url).port) });
    assert.equal(again.url, server.url);
    await polled("that it is back", () => samples.length > seen);
    assert.equal(poller.problem, undefined);
    assert.equal(last("postgresql.backends", { application: "trestle" }), 1);
  });

  test("is asked with the library where the small client will not do", async (t) => {
    await using fixture = new ServerFixture();
    const { url } = await fixture.start();
    const outside = `${url}?application_name=trestle`;
    const { poller, last, samples } = scene(t, () => outside);
    poller.start();
    await until("an answer", () => samples.length > 0);
    assert.equal(last("postgresql.connection.max"), 100);
    assert.equal(last("postgresql.backends", { application: "trestle" }), 1);
    // It has no extension that keeps statements. With a table in the extension's shape, the question can be answered.
    assert.deepEqual(poller.statements, []);
    const columns =
      "1::oid AS dbid, 7::bigint AS queryid, 'SELECT $1' AS query, 3::bigint AS calls, 1.5::float8 AS total_exec_time";
    const oid = "(SELECT oid FROM pg_database WHERE datname = current_database())";
    await ask(
      url,
      `CREATE SCHEMA "a b"; CREATE TABLE "a b".pg_stat_statements AS SELECT ${columns}, 9::bigint AS rows`,
    );
    await ask(url, `UPDATE "a b".pg_stat_statements SET dbid = ${oid}`);
    const rows = (await ask(url, statementsSql('"a b"'))) as Record<string, string | null>[];
    assert.deepEqual(statementsIn(rows), [{ id: "7", text: "SELECT $1", calls: 3, totalMs: 1.5, rows: 9 }]);
  });

  test("has its connection back when the poller is closed, and its log says nothing of it", async (t) => {
    await using fixture = new ServerFixture();
    const { url } = await fixture.start();
    const { poller, samples, clock } = scene(t, () => url);
    poller.start();
    await until("an answer", () => samples.length > 0);
    await clock.advance(0);
    const log = fixture.log.length;
    await poller.close();
    await poller.close();
    const left = "SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = 'trestle'";
    await until("its end", async () => (await ask(url, left))[0]?.n === "0");
    assert.deepEqual(fixture.log.slice(log), []);
    assert.equal(clock.pendingTimers, 0);
  });
});

describe("a poller", () => {
  test("waits quietly while there is no database yet", async (t) => {
    const { poller, clock, samples } = scene(t, () => undefined);
    poller.start();
    await clock.advance(10 * POLL_EVERY_MS);
    assert.equal(poller.problem, undefined);
    assert.equal(samples.length, 0);
    assert.equal(clock.pendingTimers, 0);
  });

  test("gives up on a server that takes a connection and says nothing, and lets go of it at once when it is closed", async (t) => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => void sockets.push(socket.on("error", () => {}).resume()));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    t.after(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const address = server.address();
    assert.ok(typeof address === "object" && address);
    const { poller, clock } = scene(t, () => `postgres://user:secret@127.0.0.1:${address.port}/x`);
    poller.start();
    await until("its connection", () => sockets.length === 1);
    await clock.advance(8_000);
    assert.match(poller.problem ?? "", /did not answer in 8 s/);
    assert.doesNotMatch(poller.problem ?? "", /secret/);
    await clock.advance(POLL_EVERY_MS);
    await until("its second try", () => sockets.length === 2);
    await poller.close();
    await until("its end", () => sockets.every((socket) => socket.readableEnded || socket.destroyed));
  });
});
