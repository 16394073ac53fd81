/** What a click came from, as far as its `User-Agent` says. */
export const DEVICES = ["desktop", "phone", "tablet", "bot", "other"] as const;
export type Device = (typeof DEVICES)[number];

/** Programs that name themselves: crawlers, link previews, command-line clients and HTTP libraries. */
const BOT =
  /bot\b|bot[/;)]|crawl|spider|slurp|preview|facebookexternalhit|whatsapp|monitor|headless|^(?:curl|wget|python|go-http|java|okhttp|node|axios|undici|libwww|php|ruby|http)/i;
const TABLET = /ipad|tablet|kindle|silk\/|playbook|android(?!.*mobile)/i;
const PHONE = /iphone|ipod|mobile|windows phone|opera mini/i;
const DESKTOP = /windows nt|macintosh|x11|cros /i;

/**
 * Sorts a `User-Agent` into one of five kinds. Android without "Mobile" is a tablet, as its makers agreed; an iPad that asks
 * for desktop pages calls itself a Macintosh, and nothing in the header tells them apart.
 */
export function deviceOf(userAgent: string | undefined): Device {
  if (!userAgent) return "other";
  if (BOT.test(userAgent)) return "bot";
  if (TABLET.test(userAgent)) return "tablet";
  if (PHONE.test(userAgent)) return "phone";
  return DESKTOP.test(userAgent) ? "desktop" : "other";
}
