/**
 * Arithmetic in the 80-bit extended precision of x87, which INCRBYFLOAT is defined by in Redis: 0.1 + 0.2 is 0.3 there,
 * and in doubles it is not. A value is `mantissa x 2^exponent` with at most 64 bits of mantissa, rounded to nearest,
 * ties to even.
 */
export type Extended =
  | { readonly kind: "finite"; readonly mantissa: bigint; readonly exponent: number }
  | { readonly kind: "infinite"; readonly negative: boolean };

const MANTISSA_BITS = 64;
/** Beyond these the format's own range ends (about 10^±4932); also what keeps hostile exponents cheap. */
const DECIMAL_EXPONENT_MAX = 5_000;
const BINARY_EXPONENT_MAX = 16_384;
const BINARY_EXPONENT_MIN = -16_445;
const TEXT_MAX = 5 * 1024;
const FRACTION_DIGITS = 17;
const ZERO: Extended = Object.freeze({ kind: "finite", mantissa: 0n, exponent: 0 });

/**
 * Reads what C's `strtold` would: a decimal number (`-1.5`, `.5`, `3.`, `1e-3`), a hexadecimal one (`0x1.8p3`) or an
 * infinity. Undefined for anything else, or out of range.
 */
export function parseExtended(text: string): Extended | undefined {
  if (text.length > TEXT_MAX) return undefined;
  const infinity = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (infinity) return { kind: "infinite", negative: infinity[1] === "-" };
  return parseDecimal(text) ?? parseHexadecimal(text);
}

function parseDecimal(text: string): Extended | undefined {
  const found = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text);
  if (!found) return undefined;
  const [, sign, whole = "", fraction = "", exponentText = "0"] = found;
  const digits = (whole + fraction).replace(/^0+(?=\d)/, "");
  if (digits === "") return undefined;
  const magnitude = BigInt(digits);
  if (magnitude === 0n) return ZERO;
  const exponent = Number(exponentText) - fraction.length;
  if (Math.abs(exponent + digits.length) > DECIMAL_EXPONENT_MAX) return undefined;
  const numerator = exponent >= 0 ? magnitude * 10n ** BigInt(exponent) : magnitude;
  const denominator = exponent < 0 ? 10n ** BigInt(-exponent) : 1n;
  return inRange(rounded(sign === "-" ? -numerator : numerator, denominator, 0));
}

function parseHexadecimal(text: string): Extended | undefined {
  const found = /^([+-]?)0x([\da-f]*)(?:\.([\da-f]*))?(?:p([+-]?\d+))?$/i.exec(text);
  if (!found) return undefined;
  const [, sign, whole = "", fraction = "", exponentText = "0"] = found;
  if (whole + fraction === "") return undefined;
  const magnitude = BigInt(`0x${whole}${fraction}`);
  if (magnitude === 0n) return ZERO;
  const exponent = Number(exponentText) - fraction.length * 4;
  return inRange(rounded(sign === "-" ? -magnitude : magnitude, 1n, exponent));
}

/** The sum, rounded once; undefined when it is no finite number. */
export function addExtended(left: Extended, right: Extended): Extended | undefined {
  if (left.kind === "infinite" || right.kind === "infinite") return undefined;
  const exponent = Math.min(left.exponent, right.exponent);
  const sum =
    (left.mantissa << BigInt(left.exponent - exponent)) +
    (right.mantissa << BigInt(right.exponent - exponent));
  return inRange(rounded(sum, 1n, exponent));
}

/** In decimal, rounded to 17 places with the zeros at the end left out, never with an exponent. */
export function formatExtended(value: Extended): string {
  if (value.kind === "infinite") return value.negative ? "-inf" : "inf";
  const magnitude = value.mantissa < 0n ? -value.mantissa : value.mantissa;
  const scaled = magnitude * 10n ** BigInt(FRACTION_DIGITS);
  const digits =
    value.exponent >= 0
      ? scaled << BigInt(value.exponent)
      : dividedToEven(scaled, 1n << BigInt(-value.exponent));
  const text = digits.toString().padStart(FRACTION_DIGITS + 1, "0");
  const whole = text.slice(0, -FRACTION_DIGITS);
  const fraction = text.slice(-FRACTION_DIGITS).replace(/0+$/, "");
  const unsigned = fraction === "" ? whole : `${whole}.${fraction}`;
  return value.mantissa < 0n && unsigned !== "0" ? `-${unsigned}` : unsigned;
}

/** `numerator / denominator x 2^exponent`, rounded to the mantissa's width. */
function rounded(numerator: bigint, denominator: bigint, exponent: number): Extended {
  const magnitude = numerator < 0n ? -numerator : numerator;
  if (magnitude === 0n) return ZERO;
  // Scale so that the quotient has 64 bits or one more, then round off what is beyond.
  let shift = MANTISSA_BITS - (bitsOf(magnitude) - bitsOf(denominator));
  let quotient = scaledQuotient(magnitude, denominator, shift);
  while (bitsOf(quotient) > MANTISSA_BITS) quotient = scaledQuotient(magnitude, denominator, --shift);
  return { kind: "finite", mantissa: numerator < 0n ? -quotient : quotient, exponent: exponent - shift };
}

function scaledQuotient(numerator: bigint, denominator: bigint, shift: number): bigint {
  return shift >= 0
    ? dividedToEven(numerator << BigInt(shift), denominator)
    : dividedToEven(numerator, denominator << BigInt(-shift));
}

function dividedToEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  if (twice > denominator || (twice === denominator && quotient % 2n === 1n)) return quotient + 1n;
  return quotient;
}

function bitsOf(value: bigint): number {
  return value.toString(16).length * 4 - Math.clz32(Number.parseInt(value.toString(16).charAt(0), 16)) + 28;
}

function inRange(value: Extended): Extended | undefined {
  if (value.kind === "infinite" || value.mantissa === 0n) return value;
  const top = value.exponent + bitsOf(value.mantissa < 0n ? -value.mantissa : value.mantissa);
  return top > BINARY_EXPONENT_MAX || top < BINARY_EXPONENT_MIN ? undefined : value;
}
