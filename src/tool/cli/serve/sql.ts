import { resolve } from "node:path";
import { migrate, startSql } from "../../../engines/sql/index.ts";
import type { Terminal } from "../terminal.ts";
import { harmless } from "../text.ts";
import { runEngine, type Served } from "./run-engine.ts";

export interface ServeSqlOptions {
  readonly port: number;
  readonly folder: string;
  readonly database: string;
  readonly role: string;
  /** A folder of `.sql` files to apply before it is said to serve. */
  readonly migrations?: string;
  /** Whether to show what the server writes. */
  readonly logs: boolean;
  readonly json: boolean;
}

/** Runs PostgreSQL alone. Its password is made up on first use and stays the same in that folder. */
export function serveSql(options: ServeSqlOptions, terminal: Terminal): Promise<number> {
  return runEngine((signal) => start(options, terminal, signal), options, terminal);
}

async function start(options: ServeSqlOptions, terminal: Terminal, signal: AbortSignal): Promise<Served> {
  const { port, database, role, migrations, logs } = options;
  const { clock, err, folder } = terminal;
  const say = (line: string) => err.write(`${harmless(line, err.colour)}\n`);
  const lastLines: string[] = [];
  const engine = await startSql({
    folder: resolve(folder, options.folder),
    port,
    database,
    role,
    clock,
    signal,
    onProgress: (what) => say(`waiting for ${what}`),
    onLog: (line) => {
      if (logs) say(line);
      else if (lastLines.push(line) > 5) lastLines.shift();
    },
  });
  try {
    if (migrations !== undefined) {
      const files = resolve(folder, migrations);
      await migrate({ url: engine.url, folder: files, signal, onApplied: (file) => say(`applied ${file}`) });
    }
  } catch (thrown) {
    await engine.close();
    throw thrown;
  }
  const ended = engine.ended.then((how) => [how, ...lastLines].join("\n  "));
  return { engine, name: "sql", url: engine.url, tries: [`psql ${engine.url}`], ended };
}
