const ENTRIES_MAX = 30;
const ENTRY_CHARS_MAX = 8_000;

/** What was run lately against a part, the last first. The browser keeps it until the tab is closed. */
export function queryHistory(part: string): readonly string[] {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(placeOf(part)) ?? "[]");
    if (!Array.isArray(stored)) return [];
    return stored.filter((one): one is string => typeof one === "string").slice(0, ENTRIES_MAX);
  } catch {
    return [];
  }
}

/** Keeps what was run; what is there already moves to the front. */
export function rememberQuery(part: string, sql: string): void {
  const entries = [sql, ...queryHistory(part).filter((one) => one !== sql)];
  try {
    const kept = entries.slice(0, ENTRIES_MAX).map((one) => one.slice(0, ENTRY_CHARS_MAX));
    sessionStorage.setItem(placeOf(part), JSON.stringify(kept));
  } catch {
    // Without storage there is no history.
  }
}

function placeOf(part: string): string {
  return `trestle.queries.${part}`;
}
