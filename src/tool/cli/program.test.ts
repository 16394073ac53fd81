import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runProgram } from "./program.ts";
import { MemoryTerminal } from "./testing/memory-terminal.ts";

/** Runs a command line in an empty folder. */
async function run(...args: string[]) {
  const folder = mkdtempSync(join(tmpdir(), "trestle-cli-"));
  const terminal = new MemoryTerminal({ folder });
  try {
    return { exitCode: await runProgram(args, terminal), out: terminal.out.text, err: terminal.err.text };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("help and version go to the output and exit with 0", async () => {
  const help = await run("--help");
  assert.equal(help.exitCode, 0);
  for (const command of [
    "plan [FILE]",
    "up [FILE]",
    "ps",
    "console",
    "logs",
    "scale PART REPLICAS",
    "restart",
    "down",
    "init",
    "serve",
  ]) {
    assert.ok(help.out.includes(`  ${command}`), command);
  }
  assert.deepEqual(await run("--version"), { exitCode: 0, out: `${(await run("-V")).out}`, err: "" });
});

test("the help of a command within another is found by either way", async () => {
  const edge = await run("help", "serve", "edge");
  assert.equal(edge.exitCode, 0);
  assert.match(edge.out, /^Usage: trestle serve edge /);
  assert.deepEqual(edge, await run("serve", "edge", "--help"));
});

test("every command has a help of its own that fits 80 columns", async () => {
  for (const command of [
    ["plan"],
    ["up"],
    ["ps"],
    ["console"],
    ["logs"],
    ["scale"],
    ["restart"],
    ["down"],
    ["init"],
    ["serve"],
    ["serve", "sql"],
    ["serve", "cache"],
    ["serve", "edge"],
  ]) {
    const terminal = new MemoryTerminal();
    terminal.out.columns = 80;
    assert.equal(await runProgram([...command, "--help"], terminal), 0);
    assert.deepEqual(
      terminal.out.lines.filter((line) => line.length > 80),
      [],
      command.join(" "),
    );
  }
});

test("a wrong command line exits with 2, and says what was probably meant", async () => {
  const wrong: [string[], RegExp][] = [
    [["pss"], /unknown command 'pss'\n\(Did you mean ps\?\)/],
    [["ps", "--jsn"], /unknown option '--jsn'\n\(Did you mean --json\?\)/],
    [["scale", "shortener"], /missing required argument 'REPLICAS'/],
    [["scale", "shortener", "many"], /It has to be a whole number/],
    [["logs", "-n", "-1"], /It has to be a whole number/],
    [["up", "one", "two"], /too many arguments/],
    [["serve", "cache", "--port", "70000"], /from 0 to 65535/],
    [["serve", "cache", "--memory", "lots"], /^trestle: --memory: /],
    [["serve", "edge"], /--to URL/],
    [["plan", "--load", "fast"], /^trestle: --load: "fast" is not a rate/],
    [["plan", "--seed", "7"], /^trestle: --seed: .*--simulate/],
    [["plan", "--st", "a=1"], /unknown option '--st'\n\(Did you mean --set\?\)/],
  ];
  for (const [args, message] of wrong) {
    const { exitCode, out, err } = await run(...args);
    assert.equal(exitCode, 2, args.join(" "));
    assert.equal(out, "");
    assert.match(err, /^trestle: /);
    assert.match(err, message);
  }
});

test("what does not hold exits with 1 and one message, without a stack trace", async () => {
  const failing: [string[], RegExp][] = [
    [["ps"], /^trestle: no system runs at .*`trestle up` starts one\n$/],
    [["logs"], /^trestle: nothing runs here, and no earlier run is recorded: `trestle up` starts one\n$/],
    [["scale", "shortener", "2"], /^trestle: no system runs at /],
    [["restart"], /^trestle: no system runs at /],
  ];
  for (const [args, message] of failing) {
    const { exitCode, out, err } = await run(...args);
    assert.equal(exitCode, 1, args.join(" "));
    assert.equal(out, "");
    assert.match(err, message);
  }
});

test("that nothing runs is what down is asked for", async () => {
  assert.deepEqual(await run("down"), { exitCode: 0, out: "Nothing runs here.\n", err: "" });
  assert.deepEqual(await run("down", "--json"), { exitCode: 0, out: '{"stopped":false}\n', err: "" });
});

test("with --json an error is one line of JSON, and the output stays empty", async () => {
  const { exitCode, out, err } = await run("ps", "--json");
  assert.equal(exitCode, 1);
  assert.equal(out, "");
  assert.equal(JSON.parse(err).error.code, "NOT_RUNNING");
  const usage = await run("scale", "shortener", "--json");
  assert.equal(usage.exitCode, 2);
  assert.equal(JSON.parse(usage.err).error.code, "BAD_ARGUMENT");
});
