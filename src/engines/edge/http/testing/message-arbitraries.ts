import fc from "fast-check";
import { FRAMING_ATTEMPTS } from "./smuggling-framing.ts";
import { LINE_ATTEMPTS } from "./smuggling-lines.ts";

type Texts = fc.Arbitrary<string>;

/** As a rule one of `usual`, and now and then one of `odd`. */
function rarely(usual: Texts, odd: readonly string[], weight = 40): Texts {
  return fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: fc.constantFrom(...odd) });
}

const usually = (usual: readonly string[], odd: readonly string[], weight?: number) =>
  rarely(fc.constantFrom(...usual), odd, weight);
const text = (alphabet: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), maxLength });
const row = (...parts: readonly Texts[]) => fc.tuple(...parts).map((all) => all.join(""));

const blank = usually([" "], ["", "  ", "\t", " \t ", "\r\n ", "\x0b"], 30);
const lineEnd = usually(["\r\n"], ["\n", "\r", "\r\r\n", "\n\r\n", "\r\n\r\n"], 60);
const colon = usually([":"], [" :", "\t:", "", "::"], 40);

const name = usually(
  ["X-A", "X-B", "x-a", "Accept", "Cookie", "Via", "Range", "Set-Cookie"],
  ["X_C", "X.D!", "X A", "X-\xe9", "", "X(A)", "Content_Length", "Transfer-Encodin", "X\0"],
  25,
);
const value = rarely(text('abcXYZ019 ,;="/-', 12), [
  ...["\t", "\xa0", "\xe9\xff", "\x7f", "\0", "\x0b", "a\rb", "a\nb", "a\r\n b", "a  b", "a\tb"],
]);
const length = rarely(fc.nat({ max: 12 }).map(String), [
  ...["00", "05", "+5", "-1", "5,5", "5, 5", "0x5", "", "5 5", "5\t", "99999999999999999999", "5;a", "1_0"],
]);
const coding = usually(
  ["chunked", "Chunked", "CHUNKED"],
  ["identity", "gzip, chunked", "chunked, chunked", "chunked;a", "xchunked", "chunked\xa0", ",chunked", ""],
);
const connection = fc.constantFrom(
  ...["Connection: close", "Connection: keep-alive", "Connection: Keep-Alive, close", "Connection: upgrade"],
  ...["Upgrade: x", "TE: trailers", "Keep-Alive: timeout=5", "Expect: 100-continue", "Trailer: X-A"],
);
const plainField = row(name, fc.constant(": "), value);
const field = fc.oneof(
  { weight: 5, arbitrary: row(name, colon, blank, value, blank) },
  {
    weight: 4,
    arbitrary: row(usually(["Content-Length"], ["content-length", " Content-Length"]), colon, blank, length),
  },
  {
    weight: 4,
    arbitrary: row(
      usually(["Transfer-Encoding"], ["TRANSFER-ENCODING", "Transfer-Encoding\0"]),
      colon,
      blank,
      coding,
    ),
  },
  { weight: 1, arbitrary: connection },
);

const extension = usually([""], [";a", ";a=b", ';a="b"', ";", " ;a", ";a\n", "; a", ";a;b", ";\xff", " "]);
const size = usually([""], ["0", "00", " ", "+", "0x", "\t", "f0000000000000000"], 20);
const chunk = fc
  .tuple(size, text("abc\r\n0", 9), extension, lineEnd, lineEnd)
  .map(([before, data, ext, first, second]) =>
    data === "" ? "" : `${before}${data.length.toString(16)}${ext}${first}${data}${second}`,
  );
const trailer = usually(
  ["", ""],
  ["X-T: a\r\n", "X-T : a\r\n", "Content-Length: 3\r\n", "X-T: a\n", ": a\r\n"],
  3,
);
const chunks = fc
  .tuple(fc.array(chunk, { maxLength: 3 }), extension, lineEnd, trailer, lineEnd)
  .map(([all, ext, first, trailers, last]) => `${all.join("")}0${ext}${first}${trailers}${last}`);
const body = fc.oneof(fc.constant(""), text("abc\r\n0 :", 12), chunks, chunks);

/** Fields that have something to do with framing, or not. */
const anyFields = rowsOf(fc.oneof({ weight: 2, arbitrary: plainField }, { weight: 1, arbitrary: field }), 4);
const plainFields = rowsOf(plainField, 2);

/** Fields and a body that may have nothing to do with each other, or fields that say of their body what is true. */
const behindLine: Texts = fc.oneof(
  { weight: 2, arbitrary: row(anyFields, lineEnd, body) },
  {
    weight: 1,
    arbitrary: row(plainFields, fc.constant("Transfer-Encoding: chunked\r\n"), anyFields, lineEnd, chunks),
  },
  {
    weight: 3,
    arbitrary: row(plainFields, fc.constant("Transfer-Encoding: chunked\r\n"), plainFields, lineEnd, chunks),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(plainFields, plainFields, text("abc\r\n0", 12))
      .map(([before, behind, data]) => `${before}Content-Length: ${data.length}\r\n${behind}\r\n${data}`),
  },
);

function rowsOf(one: Texts, maxLength: number): Texts {
  return fc.array(row(one, lineEnd), { maxLength }).map((rows) => rows.join(""));
}

const requestLine = row(
  usually(
    ["GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS"],
    ["get", "FOO", "CONNECT", "TRACE", "G T", "", "PRI"],
    20,
  ),
  blank,
  usually(
    ["/", "/a", "/a?b=c", "/%20"],
    ["http://x/", "*", "", "/a b", "/\xe9", "a", "//x", "/\x7f", "http://y/", "/a#b"],
  ),
  blank,
  usually(
    ["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0"],
    ["HTTP/1.2", "HTTP/2.0", "http/1.1", "HTTP/1", "", "HTTP/1.1 "],
    40,
  ),
  lineEnd,
);
const host = usually(
  ["Host: x\r\n"],
  ["", "Host: x\r\nHost: x\r\n", "Host: a, b\r\n", "host:x:80\r\n", "Host: x@y\r\n"],
  20,
);
const statusLine = row(
  usually(
    ["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0"],
    ["HTTP/1.2", "HTTP/2.0", "http/1.1", "ICY", ""],
    40,
  ),
  usually([" "], ["", "  ", "\t"], 40),
  usually(["200", "204", "304", "404", "100", "103"], ["101", "20", "2000", "099", "abc", "", "999"]),
  usually([" OK", " ", "", " Not  Found"], [" \xe9", " \0", "\tOK", " a\rb"]),
  lineEnd,
);

/** Bytes changed, wherever it strikes. */
const change = fc.record({
  kind: fc.constantFrom("delete", "insert", "replace", "repeat", "truncate"),
  at: fc.noBias(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })),
  count: fc.integer({ min: 1, max: 6 }),
  byte: fc.oneof(
    fc.constantFrom(..."\r\n\t :;,0159af\0\x0b\x7f\x80\xa0\xff"),
    fc.nat({ max: 255 }).map((code) => String.fromCharCode(code)),
  ),
});
type Change = typeof change extends fc.Arbitrary<infer One> ? One : never;

function changed(bytes: string, { kind, at, count, byte }: Change): string {
  const from = Math.floor(at * bytes.length);
  const [before, struck, behind] = [
    bytes.slice(0, from),
    bytes.slice(from, from + count),
    bytes.slice(from + count),
  ];
  switch (kind) {
    case "delete":
      return before + behind;
    case "insert":
      return before + byte + struck + behind;
    case "replace":
      return before + byte + struck.slice(1) + behind;
    case "repeat":
      return before + struck + struck + behind;
    case "truncate":
      return before;
  }
}

/** As they are, or with a few changes. */
function mutated(bytes: Texts): Texts {
  const changes = fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(change, { minLength: 1, maxLength: 2 }) },
  );
  return fc.tuple(bytes, changes).map(([whole, all]) => all.reduce(changed, whole));
}

const attempts = [...FRAMING_ATTEMPTS, ...LINE_ATTEMPTS]
  .map(([, , bytes]) => bytes)
  .filter((bytes) => bytes.length < 2_000);

/** What a client may send over a connection: good requests and bad ones, and ways to smuggle one, as they are and changed. */
export const requestBytes: Texts = mutated(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .array(row(requestLine, host, behindLine), { minLength: 1, maxLength: 3 })
        .map((all) => all.join("")),
    },
    { weight: 1, arbitrary: fc.constantFrom(...attempts) },
  ),
);

/** What an upstream may send back: good answers and bad ones, as they are and changed. */
export const answerBytes: Texts = mutated(
  fc.array(row(statusLine, behindLine), { minLength: 1, maxLength: 3 }).map((all) => all.join("")),
);

/** Where bytes are cut, so that they come in several slices. */
export const cuts: fc.Arbitrary<readonly number[]> = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
  maxLength: 4,
});

/** The slices of a text of one character per byte, each in memory of its own. */
export function slicesOf(bytes: string, at: readonly number[]): Buffer[] {
  const ends = [...at.map((share) => Math.floor(share * bytes.length)), bytes.length].sort(
    (one, other) => one - other,
  );
  return ends.map((end, index) => Buffer.from(bytes.slice(ends[index - 1] ?? 0, end), "latin1"));
}
