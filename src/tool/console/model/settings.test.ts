import assert from "node:assert/strict";
import { test } from "node:test";
import { settingsOf } from "./settings.ts";

test("settings are lines of names and values, quantities with their units", () => {
  assert.deepEqual(
    settingsOf({
      kind: "service",
      name: "app",
      program: { command: ["python3", "app.py"] },
      replicas: 2,
      startTimeoutMs: 30_000,
      memoryBytes: 64 * 2 ** 20,
      http2: true,
      listeners: [{ port: 8080, routes: [{ path: "/a" }, { path: "/b" }] }],
      uses: {},
      url: undefined,
    }),
    [
      { name: "program.command", value: "python3 app.py" },
      { name: "replicas", value: "2" },
      { name: "startTimeout", value: "30 s" },
      { name: "memory", value: "64 MiB" },
      { name: "http2", value: "yes" },
      { name: "listeners.port", value: "8080" },
      { name: "listeners.routes[1].path", value: "/a" },
      { name: "listeners.routes[2].path", value: "/b" },
    ],
  );
});

test("a design of a million settings is shown only so far", () => {
  assert.equal(settingsOf({ list: Array.from({ length: 1_000 }, (_, at) => ({ at })) }).length, 200);
});
