const METHODS: ReadonlySet<string> = new Set(
  "GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH".split(" "),
);

/** A method as it is told: its name, or `_OTHER` for those of no standard, as whoever asks may make them up. Pure. */
export function knownMethod(method: string | undefined): string {
  return method !== undefined && METHODS.has(method) ? method : "_OTHER";
}
