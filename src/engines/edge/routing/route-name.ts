import type { RouteMatchConfig, ValueMatchConfig } from "../config/index.ts";

/**
 * What a route is called that has no name: what it matches, as in `POST api.example.com/orders/*`, and then the conditions that
 * tell it from others of the same path, as in `/orders/*?v=2 x-canary: yes`. Pure.
 */
export function routeName(match: RouteMatchConfig): string {
  const { methods, host, path, headers = [], query = [], contentTypes = [] } = match;
  const words: string[] = [];
  if (methods !== undefined) words.push(methods.join(","));
  const hosts = host === undefined ? "" : typeof host === "string" ? host : host.join(",");
  const asked = query.map((one) => condition(one, "="));
  words.push(`${hosts}${path}${asked.length > 0 ? `?${asked.join("&")}` : ""}`);
  for (const header of headers) words.push(condition(header, ": "));
  if (contentTypes.length > 0) words.push(`content-type: ${contentTypes.join(",")}`);
  return words.join(" ");
}

function condition({ name, equals, prefix, absent }: ValueMatchConfig, between: string): string {
  if (absent) return `!${name}`;
  if (equals !== undefined) return `${name}${between}${equals}`;
  return prefix === undefined ? name : `${name}${between}${prefix}*`;
}
