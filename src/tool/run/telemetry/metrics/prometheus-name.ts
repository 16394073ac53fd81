import type { MetricInfo } from "../../../control-api/metrics.ts";

/** UCUM units by the words that Prometheus' names end in (OpenTelemetry: "Prometheus and OpenMetrics Compatibility"). */
const UNIT_WORDS: ReadonlyMap<string, string> = new Map([
  ["d", "days"],
  ["h", "hours"],
  ["min", "minutes"],
  ["s", "seconds"],
  ["ms", "milliseconds"],
  ["us", "microseconds"],
  ["ns", "nanoseconds"],
  ["By", "bytes"],
  ["KiBy", "kibibytes"],
  ["MiBy", "mebibytes"],
  ["GiBy", "gibibytes"],
  ["KBy", "kilobytes"],
  ["MBy", "megabytes"],
  ["GBy", "gigabytes"],
  ["m", "meters"],
  ["V", "volts"],
  ["A", "amperes"],
  ["J", "joules"],
  ["W", "watts"],
  ["g", "grams"],
  ["Cel", "celsius"],
  ["Hz", "hertz"],
  ["%", "percent"],
]);

/**
 * The name of a metric in Prometheus: `http.server.request.duration` in `s` is `http_server_request_duration_seconds`, counters
 * end in `_total`, and gauges in `1` in `_ratio`. Pure.
 */
export function prometheusName(name: string, unit: string, kind: MetricInfo["kind"]): string {
  let words = sanitized(name).replace(/_+/g, "_").replace(/^_|_$/g, "");
  if (words === "" || /^\d/.test(words)) words = `_${words}`;
  const isCounter = kind === "counter";
  if (isCounter) words = words.replace(/_total$/, "");
  const suffix = unit === "1" ? (kind === "gauge" ? "ratio" : "") : unitWords(unit);
  if (suffix !== "" && !`_${words}`.endsWith(`_${suffix}`)) words += `_${suffix}`;
  return isCounter ? `${words}_total` : words;
}

/** An attribute's name as a label: letters, digits and `_`, none of which is reserved. */
export function prometheusLabel(name: string): string {
  const label = sanitized(name).replaceAll(":", "_");
  if (label === "" || /^\d/.test(label)) return `key_${label}`;
  // Names with two underscores in front are Prometheus' own; `le` and those below are given here.
  if (label.startsWith("__")) return `key${label}`;
  return label === "le" || label === "job" || label === "instance" ? `exported_${label}` : label;
}

function sanitized(name: string): string {
  return name.replace(/[^a-zA-Z0-9_:]/g, "_");
}

/** `By/s` is `bytes_per_second`. What stands in braces is a remark and no unit. */
function unitWords(unit: string): string {
  const [over = "", under] = unit.replace(/\{[^}]*\}/g, "").split("/");
  const word = wordOf(over.trim());
  if (under === undefined || under.trim() === "") return word;
  const per = wordOf(under.trim()).replace(/s$/, "");
  return word === "" ? `per_${per}` : `${word}_per_${per}`;
}

function wordOf(unit: string): string {
  if (unit === "" || unit === "1") return "";
  return UNIT_WORDS.get(unit) ?? sanitized(unit).replace(/:/g, "_").replace(/_+/g, "_").replace(/^_|_$/g, "");
}
