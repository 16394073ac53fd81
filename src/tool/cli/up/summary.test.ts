import assert from "node:assert/strict";
import { test } from "node:test";
import type { RouteModel, TlsModel } from "../../design/edge-model.ts";
import { plain } from "../paint.ts";
import { demoModel } from "../testing/demo-model.ts";
import { demoSnapshot } from "../testing/demo-snapshot.ts";
import { summaryLines, summaryOf } from "./summary.ts";

test("the summary names every address, and a request that the edge answers", () => {
  assert.deepEqual(summaryOf(demoModel, demoSnapshot, 900), {
    tookMs: 900,
    urls: [
      { part: "links", url: "postgres://shortener@127.0.0.1:20001/links" },
      { part: "hot", url: "redis://127.0.0.1:20002" },
      { part: "front", url: "http://127.0.0.1:8080" },
      { part: "front", url: "http://127.0.0.1:9901/metrics" },
    ],
    tries: ["curl -i http://127.0.0.1:8080/"],
  });
});

test("a part that is reached at several addresses is named once", () => {
  assert.deepEqual(summaryLines(summaryOf(demoModel, demoSnapshot, 900), plain, "Ctrl-C stops it."), [
    "",
    "Ready in 0.9 s.",
    "",
    "  links  postgres://shortener@127.0.0.1:20001/links",
    "  hot    redis://127.0.0.1:20002",
    "  front  http://127.0.0.1:8080",
    "         http://127.0.0.1:9901/metrics",
    "  try    curl -i http://127.0.0.1:8080/",
    "  logs   trestle logs -f",
    "",
    "Ctrl-C stops it.",
  ]);
});

test("the console's address comes last, its key in the part that browsers send to nobody", () => {
  const summary = summaryOf(demoModel, demoSnapshot, 900, "http://127.0.0.1:20417/#key=abc");
  assert.equal(summaryLines(summary, plain, "").at(-3), "  console  http://127.0.0.1:20417/#key=abc");
});

test("an edge that serves only under a path is tried under it", () => {
  assert.deepEqual(triesWith([{ path: "/api/*", to: "shortener" }]), ["curl -i http://127.0.0.1:8080/api/"]);
});

test("no route is tried that asks for more than a path", () => {
  const to = "shortener";
  const routes = [
    { path: "/a", host: "a.example.com", to },
    { path: "/b", methods: ["POST"], to },
    { path: "/:c", to },
    { path: "/d", headers: [{ name: "x" }], to },
  ];
  assert.deepEqual(triesWith(routes), []);
  assert.deepEqual(triesWith([...routes, { path: "/long/enough", to }]), [
    "curl -i http://127.0.0.1:8080/long/enough",
  ]);
});

test("an edge that makes its own certificates is tried with the root that vouches for them", () => {
  const [line = ""] = triesWith([{ path: "/*", to: "shortener" }], { local: {} });
  assert.match(line, /^curl -i --cacert \S*\/\.trestle\/shortener\/front\/authority\/root\.pem http/);
});

function triesWith(routes: readonly RouteModel[], tls?: TlsModel): readonly string[] {
  const parts = demoModel.parts.map((part) =>
    part.kind === "edge"
      ? {
          ...part,
          listeners: part.listeners.map((one) =>
            one.kind === "http" ? { ...one, routes, ...(tls ? { tls } : {}) } : one,
          ),
        }
      : part,
  );
  return summaryOf({ ...demoModel, parts }, demoSnapshot, 900).tries;
}
