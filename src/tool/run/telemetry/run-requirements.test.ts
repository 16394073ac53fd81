import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { RequirementStatus } from "../../control-api/index.ts";
import { readRequirements, writeRequirements } from "./run-requirements.ts";

const STATUS: RequirementStatus = {
  id: "availability",
  title: "availability",
  unit: "share",
  required: 0.9999,
  bound: "at-least",
  measured: 0.9995,
  state: "not-met",
  sentence: "99.95 % did not fail, of at least 99.99 %",
  windows: [{ fromMs: 0, state: "not-met", measured: 0.9995 }],
  windowMs: 10_000,
};

test("how a run's requirements stood is read as it was written, and what is broken or of another shape is left out", async () => {
  const folder = await mkdtemp(join(tmpdir(), "trestle-requirements-"));
  try {
    assert.deepEqual(readRequirements(folder), [], "nothing was kept");
    writeRequirements(folder, [STATUS]);
    assert.deepEqual(readRequirements(folder), [STATUS]);
    assert.deepEqual(await readdir(folder), ["requirements.json"], "no draft is left");
    await writeFile(
      join(folder, "requirements.json"),
      JSON.stringify([{ ...STATUS, state: "fine" }, STATUS, 7]),
    );
    assert.deepEqual(readRequirements(folder), [STATUS]);
    await writeFile(join(folder, "requirements.json"), '[{"id":');
    assert.deepEqual(readRequirements(folder), []);
    writeRequirements(join(folder, "gone"), [STATUS]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
