import assert from "node:assert/strict";
import { Socket } from "node:net";
import { test } from "node:test";
import { Strangers } from "./strangers.ts";

test("the oldest of too many strangers goes, and whoever has shown the key stays", () => {
  const strangers = new Strangers(2);
  const [known, first, second, third] = [new Socket(), new Socket(), new Socket(), new Socket()];
  strangers.arrive(known);
  strangers.leave(known);
  for (const socket of [first, second, third]) strangers.arrive(socket);
  assert.deepEqual(
    [known, first, second, third].map(({ destroyed }) => destroyed),
    [false, true, false, false],
  );
  assert.equal(strangers.size, 2);
});

test("a connection that is closed leaves no trace", async () => {
  const strangers = new Strangers(2);
  const socket = new Socket();
  strangers.arrive(socket);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.destroy();
  await closed;
  assert.equal(strangers.size, 0);
});
