import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { EdgeConfig, EdgeEndpointMessage } from "../config/index.ts";
import { EndpointReports } from "./endpoint-reports.ts";

const [first, second] = [{}, {}];

function message(state: "up" | "down", id = "a", reason = "refused"): EdgeEndpointMessage {
  return { type: "endpoint", upstream: "service", id, state, reason };
}

function config(...endpoints: readonly (readonly [id: string, port: number])[]): EdgeConfig {
  return {
    listeners: [],
    upstreams: { service: { endpoints: endpoints.map(([id, port]) => ({ id, host: "h", port })) } },
  };
}

describe("reports of endpoints by several workers", () => {
  test("are news when the first takes one out of use, and when the last brings it back", () => {
    const reports = new EndpointReports();
    assert.equal(reports.take(first, message("down")), true);
    assert.equal(reports.take(second, message("down")), false);
    assert.equal(reports.take(second, message("down", "b")), true);
    assert.equal(reports.take(first, message("up")), false);
    assert.equal(reports.take(second, message("up")), true);
    assert.equal(reports.take(second, message("up")), false);
  });

  test("end with the worker that gave them", () => {
    const reports = new EndpointReports();
    for (const id of ["a", "b"]) reports.take(first, message("down", id));
    reports.take(second, message("down", "b"));
    const reason = "the worker that had taken it out of use has ended";
    assert.deepEqual(reports.forget(first), [message("up", "a", reason)]);
    assert.deepEqual(reports.forget(first), []);
    assert.equal(reports.take(second, message("up", "b")), true);
  });

  test("are forgotten with the endpoint, and when another one has its name", () => {
    const reports = new EndpointReports();
    reports.configure(config(["a", 1], ["b", 2], ["c", 3]));
    for (const id of ["a", "b", "c"]) reports.take(first, message("down", id));
    reports.configure(config(["a", 1], ["b", 9]));
    assert.deepEqual(
      ["a", "b", "c"].map((id) => reports.take(second, message("down", id))),
      [false, true, true],
    );
  });
});
