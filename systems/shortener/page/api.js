/**
 * The API, as the page uses it.
 *
 * @typedef {{ code: string, shortUrl: string, url: string, title: string | null, permanent: boolean,
 *   createdAt: string, expiresAt: string | null, clicks: number }} Link
 */

const TOKEN = "shortener-token";

/** A refusal: `code` for programs, `details` by field, `message` for people; `retryAfterS` where it may go well by then. */
export class ApiError extends Error {
  /** @param {{ code: string, message: string, details: { field: string, message: string }[] }} error
   *   @param {number} [retryAfterS] */
  constructor(error, retryAfterS) {
    super(error.message);
    this.code = error.code;
    this.details = error.details;
    this.retryAfterS = retryAfterS;
  }
}

/** Asks for the installation's token when it turns out to have one. Set by the page. @type {() => Promise<string>} */
let askForToken = () => Promise.reject(new Error("no way to ask for a token"));

/** @param {() => Promise<string>} ask */
export function onTokenNeeded(ask) {
  askForToken = ask;
}

/**
 * @param {string} method @param {string} path @param {unknown} [body] @param {Record<string, string>} [headers]
 * @returns {Promise<Response>} a response that went well
 */
async function call(method, path, body, headers = {}) {
  const token = sessionStorage.getItem(TOKEN);
  const response = await fetch(path, {
    method,
    headers: {
      Accept: "application/json, image/svg+xml",
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new ApiError({ code: "UNREACHABLE", message: "The service cannot be reached", details: [] });
  });
  if (response.ok) return response;
  if (response.status === 401) {
    sessionStorage.setItem(TOKEN, await askForToken());
    return call(method, path, body, headers);
  }
  const refusal = await response.json().catch(() => undefined);
  throw new ApiError(
    refusal?.error ?? { code: "UNKNOWN", message: "The service failed", details: [] },
    Number(response.headers.get("Retry-After")) || undefined,
  );
}

/** @param {Record<string, unknown>} link @param {string} key an idempotency key @returns {Promise<Link>} */
export async function makeLink(link, key) {
  return (await call("POST", "/api/links", link, { "Idempotency-Key": key })).json();
}

/** @param {{ limit: number, cursor?: string }} page */
export async function listLinks({ limit, cursor }) {
  const query = new URLSearchParams({ limit: String(limit), ...(cursor ? { cursor } : {}) });
  return (await call("GET", `/api/links?${query}`)).json();
}

/** @param {string} code */
export async function statisticsOf(code) {
  return (await call("GET", `/api/links/${code}/stats?days=30`)).json();
}

/** @param {string} code @returns {Promise<Blob>} */
export async function qrCodeOf(code) {
  return (await call("GET", `/api/links/${code}/qr`)).blob();
}

/** @param {string} code */
export async function deleteLink(code) {
  await call("DELETE", `/api/links/${code}`);
}
