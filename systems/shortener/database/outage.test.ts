import assert from "node:assert/strict";
import { test } from "node:test";
import pg from "pg";
import { databaseCalls, noTelemetry } from "trestle/telemetry";
import { SimulatedClock } from "trestle/time";
import { Database } from "./database.ts";
import { Outage } from "./outage.ts";
import { isUnavailable } from "./unavailable.ts";

test("all requests of an outage share one deadline, and a new outage begins a new one", async () => {
  const clock = new SimulatedClock();
  const outage = new Outage(clock, 5_000);
  assert.equal(outage.failed(), true);
  await clock.advance(4_999);
  assert.equal(outage.failed(), false);
  assert.equal(outage.worthWaiting, true);
  await clock.advance(1);
  assert.equal(outage.worthWaiting, false);
  assert.equal(outage.answered(), true);
  assert.equal(outage.answered(), false);
  outage.failed();
  assert.equal(outage.worthWaiting, true);
});

test("a database that is away is told from a statement that is wrong", () => {
  const refusal = (code: string) => Object.assign(new pg.DatabaseError("no", 0, "error"), { code });
  for (const code of ["57P01", "57P03", "08006", "53300", "40P01"])
    assert.ok(isUnavailable(refusal(code)), code);
  for (const code of ["23505", "42P01", "22021"]) assert.ok(!isUnavailable(refusal(code)), code);
  assert.ok(isUnavailable(Object.assign(new Error("connect ECONNREFUSED"), { syscall: "connect" })));
  assert.ok(isUnavailable(new Error("Connection terminated unexpectedly")));
  assert.ok(isUnavailable(new Error("timeout exceeded when trying to connect")));
  assert.ok(!isUnavailable(new TypeError("x is not a function")));
  assert.ok(!isUnavailable("text"));
});

test("a request waits out an outage of five seconds and is then told; later ones are told at once", async () => {
  const clock = new SimulatedClock();
  const changes: string[] = [];
  // Nothing listens on port 1.
  const url = "postgres://nobody:x@127.0.0.1:1/none";
  const calls = databaseCalls(noTelemetry(), clock, { system: "postgresql", address: "127.0.0.1", port: 1 });
  const database = new Database({ url, clock, calls, onChange: (state) => changes.push(state) });
  const statement = { name: "one", text: "select 1" };
  let ended = false;
  const first = assert.rejects(
    database.run((session) => session.query(statement)),
    { code: "UNAVAILABLE" },
  );
  void first.then(() => {
    ended = true;
  });
  while (clock.monotonicMs() < 4_900) {
    await clock.advance(50);
    // Refused connections take turns of the event loop that no clock moves.
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(ended, false);
  while (!ended) {
    await clock.advance(50);
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  await first;
  await assert.rejects(
    database.run((session) => session.query(statement)),
    { code: "UNAVAILABLE" },
  );
  assert.deepEqual(changes, ["away"]);
  await database.close();
});
