import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { writeSettings } from "./settings.ts";

test("a name cannot write settings of its own, and local.conf is included only where there is one", () => {
  const folder = mkdtempSync(join(tmpdir(), "settings-"));
  try {
    const write = () => {
      writeSettings(folder, { port: 5432, name: "a'\nfsync = off #é", user: undefined });
      return readFileSync(join(folder, "postgresql.conf"), "utf8");
    };
    const text = write();
    assert.ok(text.includes("cluster_name = 'a__fsync___off___'\n"), text.slice(0, 300));
    assert.deepEqual(text.match(/^fsync.*$/gm), ["fsync = on"]);
    assert.doesNotMatch(text, /^include/m);
    writeFileSync(join(folder, "local.conf"), "");
    assert.match(write(), /^include 'local.conf'$/m);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
