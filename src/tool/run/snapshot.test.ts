import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { withoutSecret } from "./snapshot.ts";

describe("a URL as it is shown", () => {
  test("keeps the user and loses the password", () => {
    assert.equal(
      withoutSecret("postgres://me:secret@127.0.0.1:5432/links"),
      "postgres://me@127.0.0.1:5432/links",
    );
    assert.equal(withoutSecret("redis://:secret@127.0.0.1:6379"), "redis://127.0.0.1:6379");
    assert.equal(withoutSecret("redis://a:b:c@[::1]:1"), "redis://a@[::1]:1");
  });

  test("stays as it is where there is no password", () => {
    for (const url of ["http://127.0.0.1:8080", "http://x/a@b:c", "kafka://me@host", "not a url"])
      assert.equal(withoutSecret(url), url);
  });

  test("never shows the password, whatever its characters", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(..."aZ09-._~!$&'()*+,;=:%@")), (characters) => {
        const shown = withoutSecret(`redis://u:${characters.join("")}@host/db`);
        assert.equal(shown, "redis://u@host/db");
      }),
    );
  });
});
