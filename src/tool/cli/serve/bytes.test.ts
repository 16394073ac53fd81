import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf } from "./bytes.ts";

test("a size is read with its unit, and a bare number counts bytes", () => {
  assert.equal(bytesOf("64 MiB", "--memory"), 67_108_864);
  assert.equal(bytesOf("1000000", "--memory"), 1_000_000);
});

test("a wrong size names the option and the mend", () => {
  assert.throws(() => bytesOf("64 Mib", "--memory"), { code: "BAD_ARGUMENT", message: /^--memory: .*MiB/ });
});
