import { deleteLink, qrCodeOf, statisticsOf } from "./api.js";
import { drawChart } from "./chart.js";
import { announce, clicksOf, copyWith, element, one } from "./dom.js";

const REFRESH_MS = 2_000;

/**
 * The sheet with a link's clicks and its QR code.
 *
 * @param {{ onChange: () => void }} events
 * @returns {{ open: (link: import("./api.js").Link) => Promise<void> }}
 */
export function setUpDetails({ onChange }) {
  const dialog = /** @type {HTMLDialogElement} */ (one("details"));
  const remove = /** @type {HTMLButtonElement} */ (one("details-delete"));
  const copy = /** @type {HTMLButtonElement} */ (one("details-copy"));
  /** @type {import("./api.js").Link | undefined} */
  let link;
  /** @type {number | undefined} */
  let timer;

  const refresh = async () => {
    const shown = link;
    if (!shown) return;
    try {
      const statistics = await statisticsOf(shown.code);
      if (link === shown) showStatistics(statistics);
      showProblem("");
    } catch (thrown) {
      showProblem(thrown);
    }
  };

  one("details-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    // The dialog itself is hit only outside of what it holds: on the backdrop.
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => {
    clearInterval(timer);
    link = undefined;
    remove.textContent = "Delete";
    onChange();
  });
  copy.addEventListener("click", () => link && copyWith(copy, link.shortUrl));
  remove.addEventListener("click", async () => {
    if (!link) return;
    if (remove.textContent === "Delete") {
      remove.textContent = "Delete for good?";
      announce("Press again to delete the link and its clicks for good");
      return;
    }
    try {
      await deleteLink(link.code);
      announce("Deleted");
      dialog.close();
    } catch (thrown) {
      showProblem(thrown);
    }
  });
  remove.addEventListener("blur", () => {
    remove.textContent = "Delete";
  });

  return {
    async open(opened) {
      link = opened;
      one("details-title").textContent = opened.title ?? opened.shortUrl.replace(/^https?:\/\//, "");
      one("details-url").textContent = `${opened.title ? `${opened.shortUrl} → ` : ""}${opened.url}`;
      /** @type {HTMLAnchorElement} */ (one("details-open")).href = opened.shortUrl;
      showProblem("");
      showStatistics({ clicks: opened.clicks, byDay: [], byReferrer: [], byDevice: [] });
      dialog.showModal();
      void showQrCode(opened);
      timer = setInterval(refresh, REFRESH_MS);
      await refresh();
    },
  };
}

/**
 * @param {{ clicks: number, byDay: { day: string, clicks: number }[],
 *   byReferrer: { referrer: string, clicks: number }[], byDevice: { device: string, clicks: number }[] }} statistics
 */
function showStatistics({ clicks, byDay, byReferrer, byDevice }) {
  one("count").textContent = clicks.toLocaleString();
  one("count-label").textContent = clicks === 1 ? "click in all" : "clicks in all";
  const chart = one("chart");
  const busiest = byDay.reduce((most, day) => (day.clicks > most.clicks ? day : most), {
    day: "",
    clicks: 0,
  });
  chart.ariaLabel = busiest.day
    ? `Clicks on each of the last 30 days; the most were ${clicksOf(busiest.clicks)} on ${busiest.day}.`
    : "No clicks in the last 30 days.";
  drawChart(chart, byDay);
  showShares(
    "referrers",
    byReferrer.map(({ referrer, clicks }) => ({ name: referrer, clicks })),
  );
  showShares(
    "devices",
    byDevice.map(({ device, clicks }) => ({ name: device, clicks })),
  );
}

/** @param {string} id @param {{ name: string, clicks: number }[]} shares */
function showShares(id, shares) {
  const most = shares[0]?.clicks ?? 1;
  const items = shares
    .slice(0, 6)
    .map(({ name, clicks }) =>
      element(
        "li",
        {},
        barOf(clicks / most),
        element("span", { title: name }, name),
        element("span", {}, clicks.toLocaleString()),
      ),
    );
  one(id).replaceChildren(
    ...(items.length > 0
      ? items
      : [element("li", {}, element("span", { className: "hint" }, "Nothing yet"))]),
  );
}

/** @param {number} share from 0 to 1 */
function barOf(share) {
  const bar = element("span", { className: "share-bar" });
  bar.style.width = `${share * 100}%`;
  return bar;
}

/** @param {import("./api.js").Link} link */
async function showQrCode(link) {
  const image = /** @type {HTMLImageElement} */ (one("qr"));
  const download = /** @type {HTMLAnchorElement} */ (one("qr-download"));
  if (image.src) URL.revokeObjectURL(image.src);
  image.removeAttribute("src");
  try {
    const address = URL.createObjectURL(await qrCodeOf(link.code));
    image.src = address;
    image.alt = `QR code of ${link.shortUrl}`;
    Object.assign(download, { href: address, download: `${link.code}.svg` });
  } catch (thrown) {
    showProblem(thrown);
  }
}

/** @param {unknown} problem */
function showProblem(problem) {
  const place = one("details-error");
  place.textContent = problem instanceof Error ? problem.message : String(problem);
  place.hidden = place.textContent === "";
}
