import assert from "node:assert/strict";
import { STATUS_CODES } from "node:http";
import { test } from "node:test";
import { reasonPhrase } from "./reason-phrase.ts";

/** Where Node has names of before RFC 9110, or names what is deprecated, unassigned or experimental. */
const OTHERWISE: Readonly<Record<string, string>> = {
  "102": "",
  "305": "",
  "413": "Content Too Large",
  "418": "",
  "422": "Unprocessable Content",
  "506": "",
  "509": "",
  "510": "",
};

test("statuses are called what Node calls them, or what the registry has called them since", () => {
  for (const [status, phrase = ""] of Object.entries(STATUS_CODES)) {
    const expected = OTHERWISE[status] ?? phrase;
    assert.equal(reasonPhrase(Number(status)).toLowerCase(), expected.toLowerCase(), status);
  }
});

test("a status without a name has none", () => {
  assert.equal(reasonPhrase(299), "");
});
