import { bytesText, durationText, msText } from "./format.ts";

/** One line of a part's settings. */
export interface Setting {
  readonly name: string;
  readonly value: string;
}

/** Are shown elsewhere, or say nothing to a reader. */
const LEFT_OUT = new Set(["kind", "name"]);
const SETTINGS_MAX = 200;

/** A part of the design as lines of names and values: nested ones by dotted path, quantities with their units. Pure. */
export function settingsOf(part: object): Setting[] {
  const settings: Setting[] = [];
  collect(part, "", settings);
  return settings.slice(0, SETTINGS_MAX);
}

function collect(value: unknown, path: string, settings: Setting[]): void {
  if (Array.isArray(value)) {
    if (value.every((one) => typeof one !== "object"))
      settings.push({ name: path, value: value.join(" ") || "none" });
    else {
      for (const [index, one] of value.entries()) {
        collect(one, value.length === 1 ? path : `${path}[${index + 1}]`, settings);
      }
    }
    return;
  }
  if (typeof value === "object" && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      if (path === "" && LEFT_OUT.has(name)) continue;
      collect(inner, path === "" ? name : `${path}.${name}`, settings);
    }
    return;
  }
  if (value !== undefined) settings.push({ name: plain(path), value: valueText(path, value) });
}

/** Units stand with the value, no longer in the name. */
function plain(path: string): string {
  return path.replace(/(Ms|Bytes)(Max)?$/, "$2");
}

function valueText(path: string, value: unknown): string {
  if (typeof value === "number") {
    if (/Ms(Max)?$/.test(path)) return value < 60_000 ? msText(value) : durationText(value);
    if (/Bytes(Max)?$/.test(path)) return bytesText(value);
    // A port is a name that is made of digits.
    return /port$/i.test(path) ? String(value) : value.toLocaleString("en");
  }
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value === "" ? "empty" : String(value);
}
