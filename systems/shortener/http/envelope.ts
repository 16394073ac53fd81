import { API_ERRORS, type ApiError, type ApiErrorCode } from "./errors.ts";
import { type Answer, type Exchange, json } from "./exchange.ts";

/** The error envelope, the same for every refusal. */
export function errorAnswer(error: ApiError, exchange: Pick<Exchange, "requestId" | "origin">): Answer {
  return json(
    error.status,
    {
      error: {
        code: error.code,
        message: error.message,
        details: error.details,
        request_id: exchange.requestId,
        documentation_url: `${exchange.origin}/docs/errors#${error.code}`,
      },
    },
    { ...error.headers },
  );
}

/** What a person in front of a browser is told: the envelope's message on a page of its own. */
export function errorPage(error: ApiError): Answer {
  const { message } = API_ERRORS[error.code];
  return {
    status: error.status,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      ...PAGE_SECURITY,
      ...error.headers,
    },
    body: documentOf(
      message,
      `<main class="notice"><p class="notice-status">${error.status}</p><h1>${message}</h1>` +
        `<p>${WORDS_FOR_PEOPLE[error.code] ?? "Please try again in a moment."}</p>` +
        `<p><a href="/">Make a short link</a></p></main>`,
    ),
  };
}

const WORDS_FOR_PEOPLE: Partial<Record<ApiErrorCode, string>> = {
  LINK_NOT_FOUND: "Check that the address was copied whole. Capital and small letters are different here.",
  LINK_EXPIRED: "Its maker chose a day for it to end, and that day has passed.",
};

/** Sent with every page: nothing from elsewhere, nothing inline, no framing. */
export const PAGE_SECURITY: Readonly<Record<string, string>> = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; " +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "same-origin",
};

/** The page at `/docs/errors`: each code with its status, what it means and what to do. */
export function errorsDocument(): string {
  const rows = Object.entries(API_ERRORS)
    .map(
      ([code, { status, message, mend }]) =>
        `<section id="${code}"><h2><code>${code}</code> <span class="status">${status}</span></h2>` +
        `<p><strong>${message}.</strong> ${mend.replace(/`([^`]+)`/g, "<code>$1</code>")}</p></section>`,
    )
    .join("");
  return documentOf(
    "Errors of the API",
    `<main class="document"><p><a href="/">Short links</a></p><h1>Errors of the API</h1>` +
      `<p>Every refusal is JSON of one shape: <code>error.code</code> is stable and meant for programs, ` +
      `<code>error.message</code> for people, <code>error.details</code> names fields, and ` +
      `<code>error.request_id</code> finds the request in the logs. ` +
      `The whole API is described in <a href="/openapi.json">openapi.json</a>.</p>${rows}</main>`,
  );
}

/** Takes only text of this program: nothing of a request is put into a page. */
function documentOf(title: string, body: string): string {
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>` +
    `<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">` +
    `<link rel="stylesheet" href="/assets/style.css"></head><body>${body}</body></html>`
  );
}
