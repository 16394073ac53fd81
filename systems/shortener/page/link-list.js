import { listLinks } from "./api.js";
import { copyButton, element, one } from "./dom.js";

const PAGE_SIZE = 10;

/**
 * The list of the newest links.
 *
 * @param {{ onDetails: (link: import("./api.js").Link) => void }} events
 * @returns {{ reload: () => Promise<void> }}
 */
export function setUpList({ onDetails }) {
  const list = one("link-list");
  const more = /** @type {HTMLButtonElement} */ (one("more"));
  /** @type {string | undefined} */
  let cursor;
  let shown = PAGE_SIZE;

  const show = async (/** @type {boolean} */ anew) => {
    const error = one("links-error");
    try {
      const page = await listLinks(anew ? { limit: Math.min(shown, 100) } : { limit: PAGE_SIZE, cursor });
      const items = page.data.map((/** @type {import("./api.js").Link} */ link) => itemOf(link, onDetails));
      if (anew) list.replaceChildren(...items);
      else list.append(...items);
      cursor = page.pagination.next_cursor ?? undefined;
      shown = Math.max(PAGE_SIZE, list.children.length);
      more.hidden = !page.pagination.has_more;
      one("links-empty").hidden = list.children.length > 0;
      list.hidden = list.children.length === 0;
      error.hidden = true;
    } catch (thrown) {
      error.textContent = `The links cannot be shown: ${thrown instanceof Error ? thrown.message : thrown}`;
      error.hidden = false;
    }
  };

  more.addEventListener("click", async () => {
    const before = list.children.length;
    await show(false);
    // Keyboards go on where they were: at the first of the links that came.
    list.children[before]?.querySelector("a")?.focus();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void show(true);
  });
  return { reload: () => show(true) };
}

/** @param {import("./api.js").Link} link @param {(link: import("./api.js").Link) => void} onDetails */
function itemOf(link, onDetails) {
  const details = element(
    "button",
    { type: "button", className: "quiet", ariaLabel: `Details of ${link.code}` },
    "Details",
  );
  details.addEventListener("click", () => onDetails(link));
  const address = element("a", { href: link.shortUrl, target: "_blank", rel: "noopener" }, `/${link.code}`);
  const names = element("div", { className: "link-names" });
  if (link.title) names.append(element("p", { className: "link-title" }, link.title));
  names.append(
    address,
    element("p", { className: "destination", title: link.url }, link.url.replace(/^https?:\/\//, "")),
  );
  const badge = badgeOf(link);
  if (badge) address.append(element("span", { className: "badge" }, badge));
  return element(
    "li",
    { className: "link-item" },
    names,
    element(
      "p",
      { className: "link-count" },
      element("b", {}, link.clicks.toLocaleString()),
      link.clicks === 1 ? " click" : " clicks",
    ),
    element("div", { className: "link-actions" }, copyButton(link.shortUrl, "quiet"), details),
  );
}

/** @param {import("./api.js").Link} link */
function badgeOf({ expiresAt, permanent }) {
  if (expiresAt && Date.parse(expiresAt) <= Date.now()) return "expired";
  if (expiresAt) return `until ${new Date(expiresAt).toLocaleDateString()}`;
  return permanent ? "301" : undefined;
}
