import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fencesOf } from "./markdown.ts";

/** A TypeScript example of a page. */
export interface Example {
  /** Page and line: `docs/guide.md:12`. */
  readonly place: string;
  /** What stands behind `ts` in its fence. */
  readonly info: string;
  /** The file that it makes. */
  readonly file: string;
  /** As it stands in that file. */
  readonly code: string;
}

/** The examples of a page, to be written into a folder that stands two folders below the repository's root. */
export function examplesOf(page: string, text: string): Example[] {
  return fencesOf(text)
    .filter(({ language }) => language === "ts")
    .map(({ info, line, text: code }) => ({
      place: `${page}:${line}`,
      info,
      file: `${page.replaceAll(/[^\w]+/g, "-")}-${line}.ts`,
      code: `${movedFrom(page, code)}\nexport {};\n`,
    }));
}

/** Writes examples into a folder, which holds nothing else afterwards. */
export function writeExamples(folder: string, examples: readonly Example[]): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { file, code } of examples) writeFileSync(join(folder, file), code);
}

/** An example in a folder's page may import from that folder. */
function movedFrom(page: string, example: string): string {
  return example.replaceAll(
    /(from |import\(|import )"(\.{1,2}\/[^"]+)"/g,
    (_, before: string, path: string) => {
      return `${before}"../../${posix.join(posix.dirname(page), path)}"`;
    },
  );
}

/** Runs a file as a program of its own, and resolves to what is wrong with how it ended; `undefined`: nothing. */
export function runExample(folder: string, file: string, limitMs: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    // SIGKILL: an example that listens for signals would otherwise stay.
    const options = { cwd: folder, timeout: limitMs, killSignal: "SIGKILL" } as const;
    const child = spawn(process.execPath, [file], { ...options, stdio: ["ignore", "ignore", "pipe"] });
    let complaint = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint += text;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(undefined);
      else if (signal === "SIGKILL") resolve(`did not end within ${limitMs} ms\n${complaint}`);
      else resolve(`ended with ${code ?? signal}\n${complaint}`);
    });
  });
}
