import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { urlPath, urlQuery } from "./url-attributes.ts";

test("a path is told without scheme, host, and who was to be let in there", () => {
  assert.equal(urlPath("/a/b?c=d"), "/a/b");
  assert.equal(urlPath("http://user:secret@host/a?b"), "/a");
  assert.equal(urlPath("HTTPS://user:secret@host"), "/");
  assert.equal(urlPath("ftp://user:secret@host?x"), "/");
  assert.equal(urlPath("*"), "*");
  assert.equal(urlPath("/a;JSESSIONID=x/b;v=1"), "/a;JSESSIONID=REDACTED/b;v=1");
  assert.equal(urlPath(`/${"a".repeat(1_000)}`).length, 512);
});

test("a query is told without the values of what is called like a secret, however its pairs are parted and its names written", () => {
  assert.equal(urlQuery("/a"), undefined);
  assert.equal(urlQuery("/a?"), "");
  assert.equal(urlQuery("/a?b=1&c&d="), "b=1&c&d=");
  for (const [query, told] of [
    ["b=1&token=x", "b=1&token=REDACTED"],
    ["b=1;token=x;c=2", "b=1;token=REDACTED;c=2"],
    ["%74oken=x&page=2", "%74oken=REDACTED&page=2"],
    ["filter%5Bname%5D=x", "filter%5Bname%5D=x"],
    ["%zz=x", "%zz=REDACTED"],
    ["X-Amz-Signature=x&X-Amz-Credential=y", "X-Amz-Signature=REDACTED&X-Amz-Credential=REDACTED"],
    ["AWSAccessKeyId=x&sv=1&sig=y", "AWSAccessKeyId=REDACTED&sv=1&sig=REDACTED"],
    ["X-Goog-Signature=x", "X-Goog-Signature=REDACTED"],
    ["token=a=b&pwd", "token=REDACTED&pwd"],
  ]) {
    assert.equal(urlQuery(`/?${query}`), told);
  }
});

test("no value of a secret is told, whatever stands around it", () => {
  const around = fc.string({ maxLength: 600 });
  const separator = fc.constantFrom("&", ";");
  fc.assert(
    fc.property(around, separator, separator, around, (before, left, right, after) => {
      const query = urlQuery(`/?${before}${left}access_token=hunter2${right}${after}`) ?? "";
      assert.ok(query.length <= 512 + "REDACTED".length * 256);
      if (!`${before}${after}`.includes("hunter2")) assert.ok(!query.includes("hunter2"));
    }),
  );
});
