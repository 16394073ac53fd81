/** The longest name of a part or a system: names become folders, host names and variables. */
export const NAME_MAX = 40;

/** Lower case words of letters and digits, joined by single hyphens, beginning with a letter. */
export const NAME_PATTERN = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/** What Trestle itself keeps beside the parts, on disk or while the system runs. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  "compile-cache",
  "internal-edge",
  "lock",
  "runs",
]);

/** The variable that hands on the URL of what a part calls `name`: `links` is `LINKS_URL`, `userLinks` `USER_LINKS_URL`. */
export function urlVariable(name: string): string {
  return `${words(name)}_URL`;
}

/** The variable that puts a part outside Trestle, at the URL it holds: `user-links` is `TRESTLE_USER_LINKS_URL`. */
export function outsideVariable(part: string): string {
  return `TRESTLE_${words(part)}_URL`;
}

/** A name of the wrong form, brought into the right one if that can be done. */
export function nameMeant(name: string): string | undefined {
  const candidate = name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, NAME_MAX)
    .replace(/-+$/, "");
  return NAME_PATTERN.test(candidate) && !RESERVED_NAMES.has(candidate) ? candidate : undefined;
}

function words(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/-/g, "_")
    .toUpperCase();
}
