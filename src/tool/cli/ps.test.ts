import assert from "node:assert/strict";
import { test } from "node:test";
import type { ScalingSnapshot } from "../run/index.ts";
import { plain } from "./paint.ts";
import { psLines } from "./ps.ts";
import { demoSnapshot } from "./testing/demo-snapshot.ts";

test("ps lines up every process, sums the memory, and says below what a word cannot say", () => {
  assert.deepEqual(psLines(demoSnapshot, 1_120_000, plain), [
    "shortener degraded, up for 2 min, 232 MiB in all (/srv/shortener/system.ts)",
    "",
    "PART         KIND      STATE       SINCE  RESTARTS  MEMORY   PID   PORT",
    "links        database  ready       2 min         0  40 MiB  4001  20001",
    "hot          cache     external",
    "shortener.1  service   ready       1 min         2  70 MiB  4003  20003",
    "shortener.2  service   crash loop   20 s        12",
    "front        edge      ready       2 min         0  62 MiB  4005   8080",
    "supervisor                         2 min            60 MiB  4000",
    "",
    "shortener.2: crash loop: exited with code 1, again and again; next try in 10 s",
    "",
    "links  postgres://shortener@127.0.0.1:20001/links",
    "hot    redis://127.0.0.1:20002",
    "front  http://127.0.0.1:8080",
    "       http://127.0.0.1:9901/metrics",
  ]);
});

test("ps says between which bounds replicas follow their load, how many there shall be, and why", () => {
  const below = (scaling: ScalingSnapshot) => {
    const parts = demoSnapshot.parts.map((part) => (part.name === "shortener" ? { ...part, scaling } : part));
    return psLines({ ...demoSnapshot, parts }, 1_120_000, plain).filter((line) =>
      line.startsWith("shortener: "),
    );
  };
  const reason = "cpu is at 65 %, its target is 70 %, near enough: stays at 2 replicas";
  assert.deepEqual(below({ min: 1, max: 6, wanted: 2, reason }), [`shortener: 2 (1–6) replicas, ${reason}`]);
  assert.deepEqual(below({ min: 1, max: 6, wanted: 4 }), ["shortener: 2 of 4 (1–6) replicas"]);
});
