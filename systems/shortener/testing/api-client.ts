import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";

/** A request as a test writes it. */
export interface Ask {
  readonly method?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** An answer, already found to be as the description of the API says. */
export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body, where it is JSON. Its shape has been vouched for, so tests take from it what the answer must have. */
  readonly json: Body;
}

/** All that some answer of the API holds. */
export interface Body {
  readonly code: string;
  readonly shortUrl: string;
  readonly url: string;
  readonly title: string | null;
  readonly permanent: boolean;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly clicks: number;
  readonly data: readonly Body[];
  readonly pagination: { readonly next_cursor: string | null; readonly has_more: boolean };
  readonly byDay: readonly { readonly day: string; readonly clicks: number }[];
  readonly byReferrer: readonly { readonly referrer: string; readonly clicks: number }[];
  readonly byDevice: readonly { readonly device: string; readonly clicks: number }[];
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly details: readonly { readonly field: string; readonly message: string }[];
    readonly request_id: string;
    readonly documentation_url: string;
  };
}

interface Description {
  readonly paths: Record<string, Record<string, { responses?: Record<string, { $ref?: string }> }>>;
  readonly components: { responses: Record<string, unknown>; schemas: { Error: unknown } };
}

const description = JSON.parse(
  readFileSync(new URL("../openapi.json", import.meta.url), "utf8"),
) as Description;

const ajv = new Ajv2020({ strict: false, allErrors: true });
(formats as unknown as (ajv: Ajv2020) => void)(ajv);
ajv.addSchema({ $id: "api", ...description });

/** Asks the service, never following redirects, and checks every answer against `openapi.json`. */
export async function ask(origin: string, path: string, { method, body, headers }: Ask = {}): Promise<Told> {
  const response = await fetch(origin + path, {
    method: method ?? (body === undefined ? "GET" : "POST"),
    redirect: "manual",
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") && text !== "";
  const told = {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
  checkAgainstDescription((method ?? (body === undefined ? "GET" : "POST")).toLowerCase(), path, told);
  return told;
}

function checkAgainstDescription(method: string, path: string, told: Told): void {
  const pathname = path.split("?", 1)[0] ?? "";
  const pattern = Object.keys(description.paths).find((one) =>
    new RegExp(`^${one.replaceAll("{code}", "[^/]+")}$`).test(pathname),
  );
  const operation = pattern === undefined ? undefined : description.paths[pattern]?.[method];
  if (!pattern || !operation) {
    if (told.status >= 400 && told.text !== "")
      check("#/components/schemas/Error", told, `${method} ${path}`);
    return;
  }
  const known = operation.responses?.[told.status] ?? (told.status >= 400 && operation.responses?.default);
  const isRefusal = told.status >= 400 && told.json !== undefined;
  assert.ok(
    known || told.status === 404 || told.status === 405,
    `${method} ${pattern} may answer ${told.status}`,
  );
  if (told.json === undefined) return;
  const escaped = pattern.replaceAll("~", "~0").replaceAll("/", "~1");
  const schema =
    isRefusal && pattern !== "/healthz"
      ? "#/components/schemas/Error"
      : `#/paths/${encodeURIComponent(escaped)}/${method}/responses/${told.status}/content/application~1json/schema`;
  check(schema, told, `${method} ${path}`);
}

function check(pointer: string, told: Told, what: string): void {
  const validate = ajv.getSchema(`api${pointer}`);
  assert.ok(validate, `the description has ${pointer}`);
  assert.ok(validate(told.json), `${what} answered ${told.text}: ${ajv.errorsText(validate.errors)}`);
}
