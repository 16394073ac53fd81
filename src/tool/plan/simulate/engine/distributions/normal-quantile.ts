/** The 99th percentile of the standard normal distribution. */
export const NORMAL_P99 = 2.326_347_874_040_841;

/** Numerators and denominators of the three rational functions, highest power last, as the paper's PPND16 lists them. */
const CENTRE = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
    67265.7709270087, 33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
] as const;
const MIDDLE = [
  [
    1.4234371107496837, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995344, 1.0507500716444169e-9,
  ],
] as const;
const TAIL = [
  [
    6.657904643501104, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
    1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
  ],
] as const;

/**
 * The value that a standard normal variable stays below with the given chance, to 16 digits (Wichura, "Algorithm AS 241: The percentage points of
 * the normal distribution", 1988). `chance`: 0 to 1; the ends give infinities. Pure.
 */
export function normalQuantile(chance: number): number {
  const offset = chance - 0.5;
  if (Math.abs(offset) <= 0.425) {
    return offset * ratio(CENTRE, 0.180625 - offset * offset);
  }
  const rest = offset < 0 ? chance : 1 - chance;
  if (rest <= 0) return offset < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const root = Math.sqrt(-Math.log(rest));
  const value = root <= 5 ? ratio(MIDDLE, root - 1.6) : ratio(TAIL, root - 5);
  return offset < 0 ? -value : value;
}

type Coefficients = readonly [number, number, number, number, number, number, number, number];

function ratio(of: readonly [Coefficients, Coefficients], at: number): number {
  return polynomial(of[0], at) / polynomial(of[1], at);
}

function polynomial(of: Coefficients, at: number): number {
  return (
    ((((((of[7] * at + of[6]) * at + of[5]) * at + of[4]) * at + of[3]) * at + of[2]) * at + of[1]) * at +
    of[0]
  );
}
