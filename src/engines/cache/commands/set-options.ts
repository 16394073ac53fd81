import { argument } from "../core/index.ts";
import { TIME_UNITS, type TimeUnit } from "./deadline.ts";

/** What may follow SET's value, or GETEX's key. */
export interface SetOptions {
  readonly condition?: "NX" | "XX";
  readonly get?: boolean;
  readonly expiry?: { readonly unit: TimeUnit; readonly text: string } | "keep" | "persist";
}

type Draft = { -readonly [Name in keyof SetOptions]: SetOptions[Name] };

const NONE: SetOptions = Object.freeze({});

/** Reads the options from argument `start` on; undefined for a syntax error. */
export function readSetOptions(
  args: readonly string[],
  start: number,
  command: "SET" | "GETEX",
): SetOptions | undefined {
  if (args.length === start) return NONE;
  const options: Draft = {};
  for (let at = start; at < args.length; at++) {
    const word = argument(args, at).toUpperCase();
    if (Object.hasOwn(TIME_UNITS, word) && at + 1 < args.length) {
      const unit = word as TimeUnit;
      const { expiry } = options;
      if (expiry !== undefined && (typeof expiry === "string" || expiry.unit !== unit)) return undefined;
      options.expiry = { unit, text: argument(args, ++at) };
    } else if (!(command === "SET" ? readSetWord(options, word) : readGetexWord(options, word))) {
      return undefined;
    }
  }
  return options;
}

function readSetWord(options: Draft, word: string): boolean {
  switch (word) {
    case "NX":
    case "XX":
      if (options.condition !== undefined && options.condition !== word) return false;
      options.condition = word;
      return true;
    case "GET":
      options.get = true;
      return true;
    case "KEEPTTL":
      if (options.expiry !== undefined && options.expiry !== "keep") return false;
      options.expiry = "keep";
      return true;
    default:
      return false;
  }
}

function readGetexWord(options: Draft, word: string): boolean {
  if (word !== "PERSIST" || (options.expiry !== undefined && options.expiry !== "persist")) return false;
  options.expiry = "persist";
  return true;
}
