import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { systemClock } from "../../blocks/time/index.ts";
import { type RunningSql, type StartSqlOptions, startSql } from "./index.ts";

/** For tests: a folder, and real servers in it. All end with the fixture. */
export class ServerFixture implements AsyncDisposable {
  /** As root it is one that no other user can enter, as all of `mkdtemp` are. */
  readonly root = mkdtempSync(join(tmpdir(), "trestle-sql-"));
  readonly folder = join(this.root, ".trestle", "shop", "orders");
  readonly log: string[] = [];
  readonly #servers: RunningSql[] = [];

  /** Starts a server, with a role `shop` and a database `orders`. */
  async start(options: Partial<StartSqlOptions> = {}): Promise<RunningSql> {
    const server = await startSql({
      folder: this.folder,
      role: "shop",
      database: "orders",
      clock: systemClock,
      signal: AbortSignal.timeout(60_000),
      onLog: (line) => this.log.push(line),
      ...options,
    });
    this.#servers.push(server);
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) await server.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** One query of the `pg` library, which we did not write, on a connection of its own. */
export async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}
