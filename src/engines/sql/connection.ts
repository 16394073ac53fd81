/** A row as text, by column: simple queries carry no other types. */
export type Row = Readonly<Record<string, string | null>>;

/** What migrations and provisioning need of a database. */
export interface SqlConnection {
  /**
   * Runs statements as one simple query (several in one string are one implicit transaction) and returns the first rows.
   * Throws `SqlQueryError` with PostgreSQL's own words.
   */
  query(sql: string): Promise<Row[]>;
  /** Ends the session. Idempotent. */
  close(): Promise<void>;
}

/** Writes a value into a statement. */
export function literal(text: string): string {
  // With standard_conforming_strings, which we never turn off, a quote is all that can end a string.
  return `'${text.replaceAll("'", "''")}'`;
}

/** Writes a name into a statement. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
