import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TlsEvent } from "../tls/index.ts";
import { TlsReports, tlsWords } from "./tls-reports.ts";

const reloaded: TlsEvent = { type: "tls-reloaded", file: "a.pem", names: ["a.example"] };
const refused: TlsEvent = { type: "tls-refused", file: "a.pem", reason: "the key is another's" };
const expiring = (leftMs: number): TlsEvent => ({
  type: "tls-expiring",
  file: "a.pem",
  names: ["a.example"],
  validToMs: 1_000,
  leftMs,
});

describe("what several workers tell of a certificate", () => {
  const [one, two, three] = [{}, {}, {}];

  test("is told once, and again when one of them finds it out again", () => {
    const reports = new TlsReports();
    assert.deepEqual(
      [one, two, three, two, one, three].map((source) => reports.take(source, expiring(100))),
      [true, false, false, true, false, false],
    );
    assert.equal(reports.take({}, expiring(90)), false, "a worker that has only just begun");
  });

  test("is news when it is something else, and when it is as it was before", () => {
    const reports = new TlsReports();
    const told = [reloaded, refused, { ...refused, reason: "it is no PEM" }, reloaded].flatMap((event) =>
      [one, two].map((source) => reports.take(source, event)),
    );
    assert.deepEqual(told, [true, false, true, false, true, false, true, false]);
    assert.equal(reports.take(one, expiring(5)), true);
    assert.equal(reports.take(three, reloaded), false, "that it runs out is told beside it");
  });

  test("is forgotten of the files that were told of longest ago", () => {
    const reports = new TlsReports();
    for (let file = 0; file <= 256; file++) reports.take(one, { ...reloaded, file: `${file}.pem` });
    assert.equal(reports.take(two, { ...reloaded, file: "256.pem" }), false);
    assert.equal(reports.take(two, { ...reloaded, file: "0.pem" }), true);
  });
});

test("what is told of a certificate is said in words", () => {
  assert.equal(tlsWords(reloaded), "a.pem was read again, for a.example");
  assert.equal(
    tlsWords(refused),
    "a.pem has changed, and cannot be used; what was read before stays in force: the key is another's",
  );
  assert.equal(
    tlsWords(expiring(7_200_000)),
    "the certificate in a.pem, for a.example, runs out in 2 h: renew it",
  );
  assert.equal(tlsWords(expiring(0)), "the certificate in a.pem, for a.example, has run out: renew it");
});
