import type { RouteMatchConfig, ValueMatchConfig } from "../config/index.ts";
import { queryValue } from "./query-value.ts";

/** What a look-up takes of a request. `RequestHead` is one. */
export interface RoutedRequest {
  readonly method: string;
  /** The value of `Host`, as it came. */
  readonly host: string | undefined;
  /** Names and values in turn. */
  readonly fields: readonly string[];
}

/** What a route asks for beside host, path and method. */
export interface RouteConditions {
  readonly headers: readonly ValueTest[];
  readonly query: readonly ValueTest[];
  readonly contentTypes: readonly MediaRange[];
}

/** What a value has to be. `text` is that of `equals` and `prefix`. */
interface ValueTest {
  /** Of a field: in lower case. */
  readonly name: string;
  readonly kind: "present" | "absent" | "equals" | "prefix";
  readonly text: string;
}

/** `type/subtype`, or `type/` for all of a type; in lower case. */
interface MediaRange {
  readonly text: string;
  readonly isWhole: boolean;
}

/** The methods of a route, with HEAD where GET is; undefined for any. */
export function methodsOf(match: RouteMatchConfig): readonly string[] | undefined {
  const { methods } = match;
  if (methods === undefined || !methods.includes("GET") || methods.includes("HEAD")) return methods;
  return methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
}

/** The other conditions of a route; undefined when there are none. */
export function conditionsOf(match: RouteMatchConfig): RouteConditions | undefined {
  const { headers = [], query = [], contentTypes = [] } = match;
  if (headers.length + query.length + contentTypes.length === 0) return undefined;
  return {
    headers: headers.map((one) => ({ ...valueTest(one), name: one.name.toLowerCase() })),
    query: query.map(valueTest),
    contentTypes: contentTypes.map((type) => {
      const lower = type.toLowerCase();
      return lower.endsWith("/*")
        ? { text: lower.slice(0, -1), isWhole: false }
        : { text: lower, isWhole: true };
    }),
  };
}

/**
 * Orders routes of one host and path, the one to be tried first first: the one with more conditions; of as many, the one that
 * names methods, then the one with more fields, then the one with more parameters of the query (as the Gateway API orders
 * them); else 0. Several methods or several content types are one condition, since any of them will do.
 */
export function compareConditions(one: RouteMatchConfig, other: RouteMatchConfig): number {
  const [ones, others] = [counted(one), counted(other)];
  return (
    others.all - ones.all ||
    others.methods - ones.methods ||
    others.headers - ones.headers ||
    others.query - ones.query
  );
}

/** Whether a request meets conditions. `target` is its path up to `end`, and then its query. */
export function meets(
  conditions: RouteConditions,
  target: string,
  end: number,
  request: RoutedRequest,
): boolean {
  for (const test of conditions.headers) {
    if (!passes(test, fieldValue(request.fields, test.name))) return false;
  }
  for (const test of conditions.query) {
    if (!passes(test, queryValue(target, end, test.name))) return false;
  }
  return conditions.contentTypes.length === 0 || isOfType(request.fields, conditions.contentTypes);
}

/**
 * The value of a field; undefined when it is not there. Several lines are one value with commas between (RFC 9110, section
 * 5.3): whoever sends a field twice cannot pass for somebody who sent it once.
 */
function fieldValue(fields: readonly string[], name: string): string | undefined {
  let value: string | undefined;
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const field = fields[at] ?? "";
    if (field.length !== name.length || field.toLowerCase() !== name) continue;
    const line = fields[at + 1] ?? "";
    value = value === undefined ? line : `${value}, ${line}`;
  }
  return value;
}

function passes(test: ValueTest, value: string | undefined): boolean {
  switch (test.kind) {
    case "present":
      return value !== undefined;
    case "absent":
      return value === undefined;
    case "equals":
      return value === test.text;
    case "prefix":
      return value?.startsWith(test.text) ?? false;
  }
}

function isOfType(fields: readonly string[], ranges: readonly MediaRange[]): boolean {
  const value = fieldValue(fields, "content-type");
  if (value === undefined) return false;
  const semicolon = value.indexOf(";");
  const type = (semicolon < 0 ? value : value.slice(0, semicolon)).trim().toLowerCase();
  return ranges.some(({ text, isWhole }) => (isWhole ? type === text : type.startsWith(text)));
}

function valueTest({ name, equals, prefix, absent }: ValueMatchConfig): ValueTest {
  if (absent) return { name, kind: "absent", text: "" };
  if (equals !== undefined) return { name, kind: "equals", text: equals };
  if (prefix !== undefined) return { name, kind: "prefix", text: prefix };
  return { name, kind: "present", text: "" };
}

function counted({ methods, headers = [], query = [], contentTypes = [] }: RouteMatchConfig) {
  const methodCount = methods === undefined ? 0 : 1;
  return {
    methods: methodCount,
    headers: headers.length,
    query: query.length,
    all: methodCount + headers.length + query.length + (contentTypes.length > 0 ? 1 : 0),
  };
}
