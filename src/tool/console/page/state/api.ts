import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, isRefusal } from "../../model/api-error.ts";
import { isVisible, nowMs } from "./clock.ts";
import { key, refuseKey } from "./key.ts";
import { paused } from "./range.ts";

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

/** How an answer stands. `data` is the last one that came, which stays while another is asked for. */
export interface Answer<T> {
  readonly data: T | undefined;
  readonly error: ApiError | undefined;
  readonly isLoading: boolean;
  /** Asks again now. */
  readonly reload: () => void;
}

export interface AnswerOptions {
  /** Asks again so often, while the page is seen and not paused; default: only when path or parameters change. */
  readonly everyMs?: number;
}

/** Parameters that only move on with the time: a question that is under way is let finish when they change. */
const MOVING = new Set(["fromMs", "toMs"]);

interface Asking {
  subject: string;
  url: string;
  controller: AbortController;
  /** What was asked for meanwhile. */
  next: string | undefined;
}

/** Asks a path of the API and follows it. An undefined path asks nothing. */
export function useAnswer<T>(
  path: string | undefined,
  params: QueryParams = {},
  options: AnswerOptions = {},
): Answer<T> {
  const [state, setState] = useState<Omit<Answer<T>, "reload"> & { subject: string }>(EMPTY);
  const asking = useRef<Asking | undefined>(undefined);
  const [turn, setTurn] = useState(0);
  const url = path === undefined ? undefined : urlOf(path, params);
  const subject = path === undefined ? "" : urlOf(path, withoutMoving(params));
  const isResting = !isVisible.value;
  const everyMs = options.everyMs;
  // The beat is taken from the one clock, so that all questions of a view go out together and none while nobody looks.
  const beat = everyMs === undefined || paused.value || isResting ? 0 : Math.floor(nowMs.value / everyMs);

  useEffect(() => () => asking.current?.controller.abort(), []);
  useEffect(() => {
    if (url === undefined || isResting) return;
    const under = asking.current;
    if (under) {
      if (under.subject === subject) {
        under.next = url;
        return;
      }
      under.controller.abort();
    }
    setState((before) =>
      before.subject === subject ? { ...before, isLoading: true } : { ...EMPTY, subject },
    );
    start(url);

    function start(what: string): void {
      const one: Asking = { subject, url: what, controller: new AbortController(), next: undefined };
      asking.current = one;
      const finish = (result: { data?: T; error?: ApiError }) => {
        if (asking.current !== one || one.controller.signal.aborted) return;
        asking.current = undefined;
        setState((before) => ({
          subject,
          data: result.data ?? (before.subject === subject ? before.data : undefined),
          error: result.error,
          isLoading: false,
        }));
        if (one.next !== undefined && one.next !== one.url) start(one.next);
      };
      ask<T>(what, { method: "GET" }, one.controller.signal).then(
        (data) => finish({ data }),
        (error: unknown) =>
          finish({ error: error instanceof ApiError ? error : new ApiError("BROKEN", String(error), 0) }),
      );
    }
  }, [url, subject, isResting, beat, turn]);

  const isOther = state.subject !== subject;
  return {
    data: isOther ? undefined : state.data,
    error: isOther ? undefined : state.error,
    isLoading: isOther ? url !== undefined : state.isLoading,
    reload: () => setTurn((before) => before + 1),
  };
}

const EMPTY = { data: undefined, error: undefined, isLoading: true, subject: "" };

function withoutMoving(params: QueryParams): QueryParams {
  return Object.fromEntries(Object.entries(params).filter(([name]) => !MOVING.has(name)));
}

/** A part's path in the API. */
export function partPath(part: string, rest: string): string {
  return `/v1/parts/${encodeURIComponent(part)}/${rest}`;
}
