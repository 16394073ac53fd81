import type { AnyKind } from "../kinds/kind.ts";
import { outsideVariable } from "../names.ts";
import { isPart, type Part } from "../part.ts";
import type { Place } from "./place.ts";
import { isPlainObject, oneOf } from "./values.ts";

/** The most that a URL may have. */
const URL_MAX = 2_048;

/**
 * The URL at which a part stands outside Trestle: that of the environment's `TRESTLE_<PART>_URL` before that of its
 * options. A message never shows it, since it may hold a password.
 */
export function outsideUrl(
  part: Part,
  kind: AnyKind,
  place: Place,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const variable = outsideVariable(part.name);
  const fromEnvironment = environment[variable] || undefined;
  const written = isPlainObject(part.options) && !isPart(part.options) ? part.options.url : undefined;
  const value = fromEnvironment ?? written;
  // A kind without a URL has no such option either: that one is told as unknown.
  if (value === undefined || (kind.protocols.length === 0 && fromEnvironment === undefined)) return undefined;
  const name = fromEnvironment === undefined ? "the URL" : `the environment's ${variable}`;
  const wrong = wrongWith(value, kind);
  if (wrong === undefined) return String(value);
  place.at("url").problem(`${name} ${wrong.what}`, wrong.mend);
  // It does mean to stand outside: what that makes superfluous is not asked for.
  return "";
}

function wrongWith(value: unknown, kind: AnyKind): { what: string; mend: string } | undefined {
  if (kind.protocols.length === 0) {
    return {
      what: `would put ${kind.noun} outside Trestle, which cannot be`,
      mend: "Take it out of the environment.",
    };
  }
  const begins = oneOf(
    kind.protocols.map((protocol) => `${protocol}//`),
    "or",
  );
  const mend = `The URL of ${kind.noun} begins with ${begins} and names a host.`;
  if (typeof value !== "string" || value.length > URL_MAX || !URL.canParse(value))
    return { what: "is not a URL", mend };
  const { protocol, host } = new URL(value);
  if (!kind.protocols.includes(protocol)) return { what: `begins with ${protocol}//`, mend };
  return host === "" ? { what: "names no host", mend } : undefined;
}
