/**
 * Consistent probability sampling as OpenTelemetry writes it into W3C `tracestate` (`ot=th:…;rv:…`):
 * https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/ and, of the `ot` entry's form,
 * https://opentelemetry.io/docs/specs/otel/trace/tracestate-handling/. A threshold is a number of 56 bits, as up to 14 hexadecimal
 * digits without the zeros at its end; a trace whose randomness (the last 14 digits of its id, or `rv`) is not below it is sampled.
 * Pure.
 */

/** Digits of a threshold and of a randomness: 56 bits. */
const DIGITS = 14;
const HALF = 2 ** 28;
/** Digits that say as much as a probability is worth knowing, after those that are all ones. */
const PRECISION_DIGITS = 4;
/** The longest `ot` entry that the protocol allows; one that is longer is not read. */
const OT_CHARACTERS_MAX = 256;

/**
 * The threshold that samples a share of all traces: `"0"` for 1 (all of them), `"c"` for 0.25. Empty for 0 and for less than
 * 2^-56: no threshold says "none". Shares beyond 0 to 1 count as the nearest; it is exact to 1 in 8,000 of the
 * share, down to 2^-40.
 */
export function thresholdOf(probability: number): string {
  if (probability >= 1) return "0";
  if (!(probability >= 2 ** -56)) return "";
  // Each leading digit f stands for a sixteenth of what is sampled: the precision begins after those.
  const ones = Math.max(0, Math.floor(-Math.log2(probability) / 4));
  const digits = Math.min(DIGITS, ones + PRECISION_DIGITS);
  const unit = 16 ** digits;
  const kept = BigInt(Math.max(1, Math.round(probability * unit)));
  const threshold = BigInt(unit) - kept;
  return withoutZeros(threshold.toString(16).padStart(digits, "0"));
}

/**
 * For how many spans one stands, by the threshold in its `tracestate`: 4 for `ot=th:c`. 1 when there is none, or one that is
 * not of the form. At most 2^56.
 */
export function weightOf(traceState: string): number {
  if (traceState === "") return 1;
  const threshold = thresholdIn(traceState);
  if (threshold === "" || threshold === "0") return 1;
  const whole = threshold.padEnd(DIGITS, "0");
  const high = Number.parseInt(whole.slice(0, 7), 16);
  const low = Number.parseInt(whole.slice(7), 16);
  // In two halves: the difference of two numbers of 56 bits would lose its last digits in a double.
  const kept = (HALF - 1 - high) * HALF + (HALF - low);
  return 2 ** 56 / kept;
}

/**
 * Whether a threshold samples a trace. `traceId` is 32 lower-case hexadecimal digits; `randomness` are the 14 of `rv`, where the
 * trace brings its own. Never for the empty threshold.
 */
export function isSampled(traceId: string, threshold: string, randomness = ""): boolean {
  if (threshold === "") return false;
  if (threshold === "0") return true;
  // Digits of equal weight compare as text does; where one ends, zeros are left out, and those are never above.
  return (randomness === "" ? traceId.slice(-DIGITS) : randomness) >= threshold;
}

/** The threshold that a `tracestate` names, without zeros at its end (`"0"` for all); empty when it names none that is valid. */
export function thresholdIn(traceState: string): string {
  const found = otValue(traceState, "th");
  return found !== "" && found.length <= DIGITS && isHexadecimal(found) ? withoutZeros(found) : "";
}

/** The randomness of its own that a `tracestate` brings (`rv`, 14 digits); empty when it brings none that is valid. */
export function randomnessIn(traceState: string): string {
  const found = otValue(traceState, "rv");
  return found.length === DIGITS && isHexadecimal(found) ? found : "";
}

/**
 * A `tracestate` with this threshold in its `ot` entry, which moves to the front as that of whoever wrote last; with the empty
 * threshold, without any. Other entries, and other keys of `ot`, stay.
 */
export function withThreshold(traceState: string, threshold: string): string {
  const entries = traceState === "" ? [] : traceState.split(",").map((entry) => entry.trim());
  const own = entries.find((entry) => entry.startsWith("ot=")) ?? "ot=";
  const keys = own
    .slice(3)
    .split(";")
    .filter((key) => key !== "" && !key.startsWith("th:"));
  if (threshold !== "") keys.unshift(`th:${threshold}`);
  const others = entries.filter((entry) => entry !== "" && !entry.startsWith("ot="));
  return [...(keys.length > 0 ? [`ot=${keys.join(";")}`] : []), ...others].join(",");
}

/** The value of a key within the `ot` entry: `c` of `th` in `a=1,ot=rv:…;th:c`. */
function otValue(traceState: string, key: string): string {
  for (let from = 0; from < traceState.length; ) {
    const comma = traceState.indexOf(",", from);
    const end = comma < 0 ? traceState.length : comma;
    while (traceState.charCodeAt(from) === 32 || traceState.charCodeAt(from) === 9) from++;
    if (traceState.startsWith("ot=", from)) {
      if (end - from - 3 > OT_CHARACTERS_MAX) return "";
      for (const pair of traceState.slice(from + 3, end).split(";")) {
        if (pair.startsWith(key) && pair[key.length] === ":") return pair.slice(key.length + 1).trimEnd();
      }
      return "";
    }
    from = end + 1;
  }
  return "";
}

function withoutZeros(digits: string): string {
  let end = digits.length;
  while (end > 1 && digits.charCodeAt(end - 1) === 48) end--;
  return digits.slice(0, end);
}

function isHexadecimal(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (!((code >= 48 && code <= 57) || (code >= 97 && code <= 102))) return false;
  }
  return true;
}
