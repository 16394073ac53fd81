import assert from "node:assert/strict";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { secretAt } from "./secret.ts";
import { temporaryFolder } from "./testdata/stage.ts";

test("a secret is drawn once, kept, and readable by its owner alone", (t) => {
  const path = join(temporaryFolder(t), "hot", "password");
  const secret = secretAt(path);
  assert.match(secret, /^[A-Za-z0-9_-]{32}$/);
  assert.equal(secretAt(path), secret);
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test("an empty file, as a crash may leave it, is given a new secret", (t) => {
  const path = join(temporaryFolder(t), "password");
  writeFileSync(path, "");
  assert.match(secretAt(path), /^[A-Za-z0-9_-]{32}$/);
});
