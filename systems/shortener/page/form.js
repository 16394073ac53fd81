import { ApiError, makeLink } from "./api.js";
import { copyButton, element, one } from "./dom.js";

const FIELDS = ["url", "code", "title", "expiresAt"];

/**
 * The form that makes a link, and the card that shows the one just made.
 *
 * @param {{ onMade: (link: import("./api.js").Link) => void, onDetails: (link: import("./api.js").Link) => void }} events
 */
export function setUpForm({ onMade, onDetails }) {
  const form = /** @type {HTMLFormElement} */ (one("make"));
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button[type=submit]"));
  one("code-prefix").textContent = `${location.host}/`;
  /** What the last request asked for, and its key: sent again unchanged, it makes no second link. */
  let last = { text: "", key: "" };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    showErrors([]);
    const link = readForm(form);
    if (!link.url) {
      showErrors([{ field: "url", message: "Paste an address first" }]);
      return;
    }
    const text = JSON.stringify(link);
    if (text !== last.text) last = { text, key: drawKey() };
    button.disabled = true;
    try {
      const made = await makeLink(link, last.key);
      last = { text: "", key: "" };
      form.reset();
      showResult(made, onDetails);
      onMade(made);
    } catch (thrown) {
      showErrors(thrown instanceof ApiError ? problemsOf(thrown) : [{ field: "", message: String(thrown) }]);
    } finally {
      button.disabled = false;
    }
  });
  for (const name of FIELDS) one(name).addEventListener("input", () => showError(name, ""));
}

/** @param {HTMLFormElement} form @returns {Record<string, unknown>} what the API takes; what is empty is left out */
function readForm(form) {
  const values = new FormData(form);
  const text = (/** @type {string} */ name) => String(values.get(name) ?? "").trim();
  const expires = text("expiresAt");
  return {
    url: withScheme(text("url")),
    ...(text("code") ? { code: text("code") } : {}),
    ...(text("title") ? { title: text("title") } : {}),
    ...(expires ? { expiresAt: new Date(expires).toISOString() } : {}),
    ...(values.has("permanent") ? { permanent: true } : {}),
  };
}

/** People leave the scheme out: `example.com/page` and `localhost:3000` are meant to be on the web. @param {string} text */
function withScheme(text) {
  const hasScheme = /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(text);
  return text === "" || hasScheme ? text : `https://${text}`;
}

/** @param {ApiError} error */
function problemsOf(error) {
  if (error.details.length > 0) return error.details;
  const { message, retryAfterS } = error;
  const when = retryAfterS === undefined ? "" : ` in ${retryAfterS} second${retryAfterS === 1 ? "" : "s"}`;
  return [{ field: "", message: `${message}. Please try again${when}.` }];
}

/** Tells each problem at its field, and the rest under the form; puts the focus on the first. @param {{ field: string, message: string }[]} problems */
function showErrors(problems) {
  for (const name of FIELDS) showError(name, problems.find(({ field }) => field === name)?.message ?? "");
  const rest = problems.filter(({ field }) => !FIELDS.includes(field));
  const general = one("form-error");
  general.textContent = rest.map(({ message }) => message).join(". ");
  general.hidden = rest.length === 0;
  const [first] = problems.filter(({ field }) => FIELDS.includes(field));
  if (!first) return;
  if (first.field !== "url")
    /** @type {HTMLDetailsElement} */ (document.querySelector(".options")).open = true;
  one(first.field).focus();
}

/** @param {string} name @param {string} message empty when nothing is wrong */
function showError(name, message) {
  const place = one(`${name}-error`);
  place.textContent = message;
  place.hidden = message === "";
  if (message) one(name).setAttribute("aria-invalid", "true");
  else one(name).removeAttribute("aria-invalid");
}

/** @param {import("./api.js").Link} link @param {(link: import("./api.js").Link) => void} onDetails */
function showResult(link, onDetails) {
  const details = element("button", { type: "button", className: "quiet" }, "Clicks & QR");
  details.addEventListener("click", () => onDetails(link));
  one("result").replaceChildren(
    element(
      "div",
      { className: "result-card" },
      element(
        "div",
        { className: "result-text" },
        element(
          "a",
          { href: link.shortUrl, target: "_blank", rel: "noopener" },
          link.shortUrl.replace(/^https?:\/\//, ""),
        ),
        element("p", { className: "destination", title: link.url }, `to ${link.url}`),
      ),
      element("div", { className: "result-actions" }, copyButton(link.shortUrl), details),
    ),
  );
}

function drawKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
