import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryTerminal } from "../testing/memory-terminal.ts";
import { runEngine } from "./run-engine.ts";

/** An engine with something under way that takes as long as the test likes. */
async function busy({ json }: { json: boolean }) {
  const terminal = new MemoryTerminal();
  const { promise, resolve: finish } = Promise.withResolvers<void>();
  const served = { engine: { close: () => promise }, name: "edge", url: "http://127.0.0.1:1", tries: [] };
  const exitCode = runEngine(async () => served, { json }, terminal);
  // Lets it say that it serves, and then hear of the end.
  await new Promise((resolve) => setImmediate(resolve));
  terminal.send("SIGINT");
  await new Promise((resolve) => setImmediate(resolve));
  return { terminal, finish, exitCode };
}

test("one who waits for the end is told what for, and that he need not", async () => {
  const { terminal, exitCode } = await busy({ json: false });
  assert.equal(terminal.err.text, "");
  await terminal.clock.advance(500);
  assert.equal(terminal.err.text, "Finishing what is under way. Ctrl-C again does not wait for it.\n");
  terminal.send("SIGINT");
  assert.equal(await exitCode, 1);
  assert.equal(terminal.listeners, 0);
});

test("an end that is over at once says nothing, and programs are told nothing", async () => {
  const quick = await busy({ json: false });
  quick.finish();
  assert.equal(await quick.exitCode, 0);
  await quick.terminal.clock.advance(1_000);
  assert.equal(quick.terminal.err.text, "");
  const program = await busy({ json: true });
  await program.terminal.clock.advance(1_000);
  program.finish();
  assert.equal(await program.exitCode, 0);
  assert.equal(program.terminal.err.text, "");
});
