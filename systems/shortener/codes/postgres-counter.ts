import type { Database, Statement } from "../database/database.ts";
import type { CodeCounter } from "./code-source.ts";

/** The counter, and the key of the permutation, in PostgreSQL. A lease whose answer is lost only leaves a gap. */
export class PostgresCounter implements CodeCounter {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async lease(count: number): Promise<{ first: number; key: Uint8Array }> {
    const [row] = await this.#database.run((session) =>
      session.query<{ first: number; key: Uint8Array }>(LEASE, [count]),
    );
    if (!row) throw new Error("the table code_counter has lost its only row");
    return row;
  }
}

const LEASE: Statement = {
  name: "codes-lease",
  text: "update code_counter set next = next + $1 returning next - $1 as first, key",
};
