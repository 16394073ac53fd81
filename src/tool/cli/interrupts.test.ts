import assert from "node:assert/strict";
import { test } from "node:test";
import { onEndWish } from "./interrupts.ts";
import { MemoryTerminal } from "./testing/memory-terminal.ts";

function listening() {
  const terminal = new MemoryTerminal();
  const heard: string[] = [];
  const forget = onEndWish(terminal, {
    onFirst: (why) => heard.push(`first: ${why}`),
    onSecond: () => heard.push("second"),
  });
  return { terminal, heard, forget };
}

test("the first signal asks for an ordered end, a later one for an end at once, further ones for nothing", async () => {
  const { terminal, heard } = listening();
  terminal.send("SIGTERM");
  await terminal.clock.advance(2_000);
  terminal.send("SIGINT");
  terminal.send("SIGINT");
  assert.deepEqual(heard, ["first: SIGTERM", "second"]);
});

test("one Ctrl-C that npm and a starter pass on again counts once", async () => {
  const { terminal, heard } = listening();
  terminal.send("SIGINT");
  await terminal.clock.advance(100);
  terminal.send("SIGINT");
  assert.deepEqual(heard, ["first: SIGINT"]);
});

test("a reader of the output that has gone asks for an ordered end, and never for one at once", async () => {
  const { terminal, heard } = listening();
  terminal.closeOut();
  assert.deepEqual(heard, ["first: output closed"]);
  const other = listening();
  other.terminal.send("SIGHUP");
  await other.terminal.clock.advance(2_000);
  other.terminal.closeOut();
  assert.deepEqual(other.heard, ["first: SIGHUP"]);
});

test("a hangup that means something else is no wish to end, unless the end is under way", async () => {
  const terminal = new MemoryTerminal();
  const heard: string[] = [];
  let isMeant = true;
  const forget = onEndWish(terminal, {
    onFirst: (why) => heard.push(`first: ${why}`),
    onSecond: () => heard.push("second"),
    onHangup: () => {
      heard.push("hangup");
      return isMeant;
    },
  });
  terminal.send("SIGHUP");
  terminal.send("SIGINT");
  await terminal.clock.advance(2_000);
  terminal.send("SIGHUP");
  assert.deepEqual(heard, ["hangup", "first: SIGINT", "second"]);
  forget();
  isMeant = false;
  const other = new MemoryTerminal();
  onEndWish(other, { onFirst: (why) => heard.push(why), onSecond: () => {}, onHangup: () => isMeant });
  other.send("SIGHUP");
  assert.equal(heard.at(-1), "SIGHUP");
});

test("once forgotten, nothing is heard", () => {
  const { terminal, heard, forget } = listening();
  forget();
  terminal.send("SIGINT");
  terminal.closeOut();
  assert.equal(terminal.listeners, 0);
  assert.deepEqual(heard, []);
});
