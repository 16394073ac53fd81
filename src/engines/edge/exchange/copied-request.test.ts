import assert from "node:assert/strict";
import { test } from "node:test";
import { CopiedRequest, type CopyRoom } from "./copied-request.ts";
import type { RequestMessage } from "./messages.ts";

const MEBIBYTE = 1024 * 1024;

function copyIn(room: CopyRoom): { copy: CopiedRequest; lost: () => boolean } {
  const original = { method: "POST", url: "/", httpVersion: "1.1", rawHeaders: ["Host", "x"] };
  const copy = new CopiedRequest(original as unknown as RequestMessage, true, room);
  let lost = false;
  copy.onLost = () => {
    lost = true;
  };
  return { copy, lost: () => lost };
}

test("a copy that nobody takes holds a bounded part of a body, and is given up beyond", () => {
  const room = { heldBytes: 0 };
  const { copy, lost } = copyIn(room);
  copy.push(Buffer.alloc(MEBIBYTE));
  assert.equal(lost(), false);
  assert.equal(room.heldBytes, MEBIBYTE);
  copy.push(Buffer.alloc(1));
  assert.equal(lost(), true);
  assert.equal(room.heldBytes, 0);
  copy.push(Buffer.alloc(MEBIBYTE));
  assert.equal(room.heldBytes, 0);
});

test("all copies of an edge share a bound: the one that would go beyond is given up, the others go on", () => {
  const room = { heldBytes: 0 };
  const copies = Array.from({ length: 65 }, () => copyIn(room));
  for (const { copy } of copies) copy.push(Buffer.alloc(MEBIBYTE));
  assert.deepEqual(
    copies.map(({ lost }) => lost()),
    copies.map((_, at) => at === 64),
  );
  assert.equal(room.heldBytes, 64 * MEBIBYTE);
});

test("what is taken no longer counts", async () => {
  const room = { heldBytes: 0 };
  const { copy } = copyIn(room);
  copy.push(Buffer.from("hello "));
  copy.push(Buffer.from("world"));
  copy.pushEnd([]);
  let taken = "";
  const ended = new Promise<void>((resolve) => copy.once("end", resolve));
  copy.on("data", (chunk: Buffer) => {
    taken += chunk.toString();
  });
  await ended;
  assert.equal(taken, "hello world");
  assert.equal(room.heldBytes, 0);
});
