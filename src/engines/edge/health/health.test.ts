import assert from "node:assert/strict";
import { test } from "node:test";
import { EndpointHealth } from "./health.ts";

const checked = { kind: "checked", unhealthyAfter: 3, healthyAfter: 2 } as const;
const passive = { kind: "passive" } as const;

test("a new endpoint is up, and only as many failed checks in a row as configured take it out", () => {
  const health = new EndpointHealth(checked);
  assert.equal(health.admit(0), true);
  assert.equal(health.checkFailed(false, 0), undefined);
  assert.equal(health.checkFailed(false, 0), undefined);
  assert.equal(health.checkPassed(), undefined);
  assert.equal(health.checkFailed(false, 0), undefined);
  assert.equal(health.checkFailed(false, 0), undefined);
  assert.equal(health.checkFailed(false, 0), "down");
  assert.equal(health.checkFailed(false, 0), undefined);
  assert.equal(health.admit(0), false);
});

test("only as many passed checks in a row as configured bring it back", () => {
  const health = new EndpointHealth(checked);
  assert.equal(health.checkFailed(true, 0), "down");
  assert.equal(health.checkPassed(), undefined);
  assert.equal(health.checkFailed(false, 0), undefined);
  assert.equal(health.checkPassed(), undefined);
  assert.equal(health.checkPassed(), "up");
  assert.equal(health.admit(0), true);
});

test("with checks, a refused connection takes it out at once and one passed check brings it back", () => {
  const health = new EndpointHealth(checked);
  assert.equal(health.connectionFailed(0), "down");
  assert.equal(health.connectionFailed(0), undefined);
  assert.equal(health.admit(1e9), false);
  assert.equal(health.answered(), undefined);
  assert.equal(health.checkPassed(), "up");
});

test("without checks, a refused connection pauses it, and then one request at a time tries it", () => {
  const health = new EndpointHealth(passive);
  assert.equal(health.connectionFailed(0), "down");
  assert.equal(health.admit(249), false);
  assert.equal(health.admit(250), true);
  assert.equal(health.admit(251), false);
  assert.equal(health.connectionFailed(260), undefined);
  assert.equal(health.admit(759), false);
  assert.equal(health.admit(760), true);
  assert.equal(health.answered(), "up");
  assert.equal(health.admit(761), true);
});

test("the pause never grows beyond a second", () => {
  const health = new EndpointHealth(passive);
  for (let failure = 0; failure < 20; failure++) health.connectionFailed(0);
  assert.equal(health.admit(999), false);
  assert.equal(health.admit(1_000), true);
});
