import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  checkedTraceState,
  TRACE_STATE_CHARACTERS_MAX,
  TRACE_STATE_MEMBERS_MAX,
  traceStateValue,
  withTraceStateValue,
} from "./trace-state.ts";

const many = (count: number) => Array.from({ length: count }, (_, index) => `bar${index}=${index}`).join(",");

/** The cases of the recommendation's own test suite, in words of ours. */
describe("tracestate, as W3C Trace Context's level 2, section 3.3, has it", () => {
  const valid: Record<string, string> = {
    "a member": "foo=1",
    "several members": "foo=1,bar=2",
    "white space around members": "foo=1 \t , \t bar=2, \t baz=3",
    "members that are empty": "foo=1,,bar=2, ,",
    "a key that comes twice": "foo=1,foo=2",
    "all the characters of a key": "abcdefghijklmnopqrstuvwxyz0123456789_-*/@=1",
    "a key that begins with a digit": "0foo=1",
    "a key of a tenant": "0tenant-1@system=1",
    "a key that ends in an at sign": "foo@=1",
    "a key of 256 characters": `${"z".repeat(256)}=1`,
    "a value of 256 characters": `foo=${"v".repeat(256)}`,
    "all the characters of a value": "foo=!\"#$%&'()*+-./09:;<>?@AZ[\\]^_`az{|}~",
    "a space within a value": "foo=a b",
    "32 members": many(32),
  };
  for (const [what, text] of Object.entries(valid))
    test(`${what}: is passed on as it came`, () => assert.equal(checkedTraceState(text), text));

  const invalid: Record<string, string> = {
    "a member without a key": "=1",
    "a member without a value": "foo=",
    "a member without an equals sign": "foo",
    "a key with a space": "foo =1",
    "a key in capitals": "FOO=1",
    "a key with a dot": "foo.bar=1",
    "a key that begins with an at sign": "@foo=1",
    "a key that begins with a dash": "-foo=1",
    "a value with an equals sign": "foo=bar=baz",
    "a value that is not of ASCII": "foo=ü",
    "a value with a control character": "foo=a\u0000b",
    "a key of 257 characters": `${"z".repeat(257)}=1`,
    "a value of 257 characters": `foo=${"v".repeat(257)}`,
    "one bad member among good ones": "a=1,b=2,C=3",
    "33 members": many(33),
    "more than 512 characters": `a=${"1".repeat(255)},b=${"2".repeat(255)}`,
  };
  for (const [what, text] of Object.entries(invalid))
    test(`${what}: is left out`, () => assert.equal(checkedTraceState(text), ""));

  test("nothing, or white space alone, is nothing", () => {
    for (const text of ["", " ", ",", " , \t,"]) assert.equal(checkedTraceState(text), "");
  });
});

test("who writes last stands first, and replaces what stood there of the same key", () => {
  assert.equal(withTraceStateValue("", "us", "1"), "us=1");
  assert.equal(withTraceStateValue("them=2", "us", "1"), "us=1,them=2");
  assert.equal(withTraceStateValue("them=2, us=0 ,others=3", "us", "1"), "us=1,them=2,others=3");
  assert.equal(withTraceStateValue("them=2", "US", "1"), "them=2");
  assert.equal(withTraceStateValue("them=2", "us", "a,b"), "them=2");
});

test("whatever is set, the outcome is valid and says it, and the nearest of the others stay", () => {
  const key = fc.stringMatching(/^[a-z0-9][a-z0-9_*/@-]{0,30}$/);
  const value = fc.stringMatching(/^[!-+.-<>-~]{1,40}$/);
  const members = fc.array(fc.tuple(key, value), { maxLength: 40, size: "max" });
  fc.assert(
    fc.property(members, key, value, (others, ours, said) => {
      const before = others
        .map(([name, text]) => `${name}=${text}`)
        .slice(0, TRACE_STATE_MEMBERS_MAX)
        .join(",");
      const after = withTraceStateValue(checkedTraceState(before), ours, said);
      assert.equal(checkedTraceState(after), after);
      assert.ok(after.length <= TRACE_STATE_CHARACTERS_MAX);
      assert.equal(traceStateValue(after, ours), said);
      const kept = after.split(",").slice(1);
      const expected = checkedTraceState(before)
        .split(",")
        .filter((member) => member !== "" && !member.startsWith(`${ours}=`));
      assert.deepEqual(kept, expected.slice(0, kept.length));
    }),
  );
});

test("no text makes it throw, and what is passed on holds no character that a field must not have", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 600, size: "max" }), (text) => {
      assert.match(checkedTraceState(text), /^[\t -~]*$/);
    }),
  );
});
