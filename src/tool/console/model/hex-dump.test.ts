import assert from "node:assert/strict";
import { test } from "node:test";
import { hexDump } from "./hex-dump.ts";

test("bytes are laid out sixteen to a line, with where they are and how they read", () => {
  const digits = Buffer.from("<img src=x>\0\xffABCDEF", "latin1").toString("hex");
  assert.deepEqual(hexDump(digits, 32), [
    { at: "00000020", bytes: "3c 69 6d 67 20 73 72 63 3d 78 3e 00 ff 41 42 43", text: "<img·src=x>··ABC" },
    { at: "00000030", bytes: "44 45 46", text: "DEF" },
  ]);
  assert.deepEqual(hexDump(""), []);
});
