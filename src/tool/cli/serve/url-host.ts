/** A host to listen on, as it stands in a URL that reaches it from here: an IPv6 address in brackets, "any" as loopback. */
export function urlHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}
