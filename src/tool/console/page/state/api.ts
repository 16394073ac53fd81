import { ApiError, isRefusal } from "../../model/api-error.ts";
import { type Answer, type AskingOptions, useAsked } from "./asking.ts";
import { key, refuseKey } from "./key.ts";

/** What a query may hold: a list stands more than once. */
export type QueryParams = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** Asks the control API. Throws `ApiError`; a `DOMException` named `AbortError` when the signal said so. */
export function get<T>(path: string, params: QueryParams = {}, signal?: AbortSignal): Promise<T> {
  return ask<T>(urlOf(path, params), { method: "GET" }, signal);
}

/** Has the control API do something. Throws as `get`. */
export function post<T>(path: string, body: unknown = {}, signal?: AbortSignal): Promise<T> {
  const headers = { "content-type": "application/json" };
  return ask<T>(path, { method: "POST", headers, body: JSON.stringify(body) }, signal);
}

/** Opens a path of the API with the token, for those who read the answer as it comes. */
export async function open(path: string, init: RequestInit = {}, signal?: AbortSignal): Promise<Response> {
  const token = key.peek();
  if (token === undefined) throw new ApiError("NO_KEY", "This page has no key to the system", 401);
  let response: Response;
  try {
    response = await fetch(path, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${token}` },
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError("UNREACHABLE", "The supervisor does not answer", 0);
  }
  if (response.status === 401) refuseKey(token);
  return response;
}

async function ask<T>(url: string, init: RequestInit, signal?: AbortSignal): Promise<T> {
  const response = await open(url, init, signal);
  const text = await response.text();
  let body: unknown;
  try {
    body = text === "" ? {} : JSON.parse(text);
  } catch {
    throw new ApiError("NO_JSON", `The supervisor answered ${response.status} with no JSON`, response.status);
  }
  if (response.ok) return body as T;
  if (isRefusal(body)) throw new ApiError(body.error.code, body.error.message, response.status);
  throw new ApiError("REFUSED", `The supervisor answered ${response.status}`, response.status);
}

function urlOf(path: string, params: QueryParams): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value === "") continue;
    if (Array.isArray(value)) for (const one of value) query.append(name, one);
    else query.set(name, String(value));
  }
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** Parameters that only move on with the time: they do not change what is asked about. */
const MOVING = new Set(["fromMs", "toMs"]);

/** Asks a path of the API and follows it. An undefined path asks nothing. */
export function useAnswer<T>(
  path: string | undefined,
  params: QueryParams = {},
  options: AskingOptions = {},
): Answer<T> {
  const lasting = Object.entries(params).filter(([name]) => !MOVING.has(name));
  const question =
    path === undefined
      ? undefined
      : {
          subject: urlOf(path, Object.fromEntries(lasting)),
          version: urlOf(path, params),
          ask: (signal: AbortSignal) => get<T>(path, params, signal),
        };
  return useAsked(question, options);
}

/** A part's path in the API. */
export function partPath(part: string, rest: string): string {
  return `/v1/parts/${encodeURIComponent(part)}/${rest}`;
}
