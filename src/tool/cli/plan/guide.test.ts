import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runProgram } from "../program.ts";
import { MemoryTerminal } from "../testing/memory-terminal.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..", "..");
const PAGE = join(ROOT, "docs", "plan.md");
/** A revision has a name that differs each time. */
const COMMIT = /\([0-9a-f]{10}\)/g;

/** A block of commands, and what they print where the page shows it. */
const BLOCK = /```sh\n((?:trestle plan .*\n)+)```\n(?:\n```text\n([\s\S]*?)```\n)?/g;

async function run(line: string): Promise<string> {
  const terminal = new MemoryTerminal({ folder: ROOT });
  terminal.out.columns = 80;
  const exitCode = await runProgram(line.trim().split(" ").slice(1), terminal);
  assert.equal(terminal.err.text, "", line);
  assert.ok(exitCode === 0 || exitCode === 1, `${line} exits with ${exitCode}`);
  return terminal.out.text;
}

test("every command of the guide runs, and prints what the guide shows", async () => {
  const page = readFileSync(PAGE, "utf8");
  const blocks = [...page.matchAll(BLOCK)];
  assert.equal(blocks.length, page.match(/```sh/g)?.length, "a block of commands that is not run");
  let written = page;
  for (const [whole, commands = "", shown] of blocks) {
    if (commands.includes("--against") && !existsSync(join(ROOT, ".git"))) continue;
    const outputs: string[] = [];
    for (const line of commands.trim().split("\n")) outputs.push(await run(line));
    if (shown === undefined) continue;
    const text = outputs.join("\n").replace(COMMIT, "(0123456789)").replaceAll(/ +$/gm, "");
    written = written.replace(whole, () =>
      whole.replace(`\`\`\`text\n${shown}\`\`\``, () => `\`\`\`text\n${text}\`\`\``),
    );
  }
  if (process.env.TRESTLE_REWRITE_EXPECTED === "1") return writeFileSync(PAGE, written);
  const [old, now] = [page, written].map((text) => text.split("\n"));
  const at = now?.findIndex((line, index) => line !== old?.[index]) ?? -1;
  // The page whole would hide the line that counts.
  assert.equal(
    old?.[at],
    now?.[at],
    `docs/plan.md:${at + 1} shows something else than is printed; if that is right, TRESTLE_REWRITE_EXPECTED=1 writes the page anew`,
  );
});
