import assert from "node:assert/strict";
import { test } from "node:test";
import type { SystemModel } from "../../design/model.ts";
import { demoModel } from "../testing/demo-model.ts";
import { demoSnapshot } from "../testing/demo-snapshot.ts";
import { summaryOf } from "./summary.ts";

test("the summary names every address, and a request that the edge answers", () => {
  assert.deepEqual(summaryOf(demoModel, demoSnapshot, 900), {
    tookMs: 900,
    urls: [
      { part: "links", url: "postgres://shortener@127.0.0.1:20001/links" },
      { part: "hot", url: "redis://127.0.0.1:20002" },
      { part: "front", url: "http://127.0.0.1:8080" },
    ],
    tries: ["curl -i http://127.0.0.1:8080/"],
  });
});

test("an edge that serves only under a path is tried under it", () => {
  const parts = demoModel.parts.map((part) =>
    part.kind === "edge" ? { ...part, routes: [{ path: "/api/*", to: "shortener" }] } : part,
  );
  const model: SystemModel = { ...demoModel, parts };
  assert.deepEqual(summaryOf(model, demoSnapshot, 900).tries, ["curl -i http://127.0.0.1:8080/api/"]);
});
