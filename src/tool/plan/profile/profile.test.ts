import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { PlanError } from "../errors.ts";
import {
  parseProfile,
  profiledTime,
  profilePath,
  readProfile,
  readProfileIfThere,
  writeProfile,
} from "./index.ts";
import type { Profile } from "./profile.ts";

/** The profile that the page shows. */
const page = readFileSync(join(import.meta.dirname, "../../../..", "docs/plan-profile.md"), "utf8");
const shown = /```json\n(.*?)```/s.exec(page)?.[1] ?? "";

test("the profile that the page shows is read", () => {
  const profile = parseProfile(shown);
  assert.equal(profile.system, "shortener");
  assert.equal(profile.parts.hot?.hitRatio, 0.93);
  assert.equal(profile.turnMs, 0.009);
  assert.equal(profile.background?.[0]?.cpuMsPerRequest, 0.003);
  assert.equal(profiledTime(profile, "front", "follow")?.meanMs, 0.034);
});

test("a class that was not measured by itself has the time of the default, and an unknown part none", () => {
  const profile = parseProfile(shown);
  assert.equal(profiledTime(profile, "shortener", "unheard-of")?.meanMs, 0.4);
  assert.equal(profiledTime(profile, "shortener", "constructor")?.meanMs, 0.4);
  assert.equal(profiledTime(profile, "constructor", "follow"), undefined);
  assert.equal(profiledTime(undefined, "front", "follow"), undefined);
});

const time = fc.record(
  {
    count: fc.integer({ min: 1 }),
    meanMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
    spread: fc.double({ min: 0, max: 100, noNaN: true }),
    cpuMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
  },
  { noNullPrototype: true },
);

test("every profile that is written is read back as it was", async () => {
  const folder = mkdtempSync(join(tmpdir(), "trestle-profile-"));
  try {
    const file = profilePath(folder, "shop");
    assert.equal(await readProfileIfThere(file), undefined);
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), time, { noNullPrototype: true }),
        async (classes) => {
          const profile: Profile = {
            ...parseProfile(shown),
            parts: { a: { classes }, b: { hitRatio: 0.5 } },
          };
          await writeProfile(file, profile);
          assert.deepEqual(await readProfile(file), profile);
        },
      ),
      { numRuns: 20 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const refusals: readonly [
  what: string,
  change: (profile: Record<string, unknown>) => unknown,
  message: RegExp,
][] = [
  [
    "a field that nobody knows",
    (one) => ({ ...one, sytem: 1 }),
    /sytem is no field: did you mean "system"\?/,
  ],
  ["a missing field", ({ run: _run, ...one }) => one, /run is missing/],
  ["an older version", (one) => ({ ...one, version: 0 }), /version is not 1/],
  [
    "a hit ratio above 1",
    (one) => ({ ...one, parts: { hot: { hitRatio: 1.5 } } }),
    /parts\.hot\.hitRatio is no number from 0 to 1/,
  ],
  ["a time that is no date", (one) => ({ ...one, measuredAt: "yesterday" }), /measuredAt is no time such as/],
  [
    "work that comes without an interval",
    (one) => ({ ...one, background: [{ title: "a", everyMs: 0, cpuMs: 1 }] }),
    /background\[0\]\.everyMs is no number from 1 to/,
  ],
  ["no cores", (one) => ({ ...one, machine: { name: "a", cores: 0 } }), /machine\.cores is no number/],
  [
    "percentiles that fall",
    (one) => {
      const percentiles = [
        { rank: 0.5, ms: 2 },
        { rank: 0.9, ms: 1 },
      ];
      return {
        ...one,
        parts: { a: { classes: { b: { count: 1, meanMs: 1, spread: 1, cpuMs: 1, percentiles } } } },
      };
    },
    /parts\.a\.classes\.b\.percentiles\[1\]\.ms is below that of a lower rank/,
  ],
  ["an array", () => [], /the whole is no object/],
];

for (const [what, change, message] of refusals) {
  test(`${what} is refused with its place`, () => {
    const text = JSON.stringify(change(JSON.parse(shown)));
    assert.throws(() => parseProfile(text), { name: "PlanError", code: "PROFILE_INVALID", message });
  });
}

test("a newer version says so, and text that is no JSON as well", () => {
  assert.throws(() => parseProfile('{"version": 2, "new": true}'), { code: "PROFILE_TOO_NEW" });
  assert.throws(() => parseProfile("{"), { code: "PROFILE_INVALID", message: /is no JSON/ });
});

test("a file that is not there is told apart from one that is no profile", async () => {
  await assert.rejects(readProfile("/nonexistent/profile.json"), { code: "PROFILE_NOT_FOUND" });
  await assert.rejects(readProfile(import.meta.filename), { code: "PROFILE_INVALID" });
  await assert.rejects(readProfile(import.meta.dirname), { code: "PROFILE_INVALID" });
});

test("whatever is read as a profile, it is one or a PlanError is thrown", () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      try {
        parseProfile(JSON.stringify(value) ?? "");
        assert.fail("read");
      } catch (thrown) {
        assert.ok(thrown instanceof PlanError, String(thrown));
      }
    }),
  );
});
