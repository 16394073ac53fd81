import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { crc32c } from "./crc32c.ts";
import { addressText } from "./ip-address.ts";
import { PROXY_EXTRA, type ProxyAddresses, type ProxyHeader } from "./proxy-header.ts";
import { PROXY_HEADER_BYTES, parseProxyHeader } from "./proxy-header-parser.ts";
import { proxyHeaderLocal, proxyHeaderV1, proxyHeaderV2 } from "./proxy-header-writer.ts";

const SIGNATURE = "0d0a0d0a000d0a515549540a";

function line(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

function hex(digits: string): Uint8Array {
  return Buffer.from(digits.replaceAll(" ", ""), "hex");
}

function headerIn(bytes: Uint8Array): ProxyHeader {
  const reading = parseProxyHeader(bytes);
  assert.equal(reading.kind, "header");
  return reading.kind === "header" ? reading.header : assert.fail();
}

function refuses(bytes: Uint8Array, what?: string): void {
  assert.equal(parseProxyHeader(bytes).kind, "malformed", what ?? Buffer.from(bytes).toString("latin1"));
}

const TCP4: ProxyAddresses = {
  family: "ip",
  transport: "stream",
  source: { address: "192.168.0.1", port: 56_324 },
  destination: { address: "192.168.0.11", port: 443 },
};

test("the line of the specification's example is read, and what is behind it is left alone", () => {
  const text = "PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n";
  assert.deepEqual(parseProxyHeader(line(`${text}GET / HTTP/1.1\r\nHost: 192.168.0.11\r\n\r\n`)), {
    kind: "header",
    header: { version: 1, addresses: TCP4, extras: [] },
    length: text.length,
  });
  assert.deepEqual(proxyHeaderV1(TCP4), new Uint8Array(line(text)));
});

test("the longest lines of the specification's section 2.1 are read, of 56, 104 and 107 characters", () => {
  const ip6 = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
  for (const [text, length] of [
    ["PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", 56],
    [`PROXY TCP6 ${ip6} ${ip6} 65535 65535\r\n`, 104],
    [`PROXY UNKNOWN ${ip6} ${ip6} 65535 65535\r\n`, 107],
    ["PROXY UNKNOWN\r\n", 15],
  ] as const) {
    assert.equal(text.length, length);
    const reading = parseProxyHeader(line(`${text}rest`));
    assert.ok(reading.kind === "header" && reading.length === length);
    assert.equal(reading.header.addresses === undefined, text.includes("UNKNOWN"));
  }
  refuses(line(`PROXY UNKNOWN ${ip6} ${ip6} 65535 655350\r\n`));
});

test("a header of version 2 has the bytes that section 2.2 describes", () => {
  const bytes = hex(`${SIGNATURE} 21 11 000c c0a80001 c0a8000b dc04 01bb`);
  assert.deepEqual(proxyHeaderV2(TCP4), new Uint8Array(bytes));
  assert.deepEqual(headerIn(bytes), { version: 2, addresses: TCP4, extras: [] });
  assert.deepEqual(proxyHeaderLocal(), new Uint8Array(hex(`${SIGNATURE} 20 00 0000`)));
  const six = hex(
    `${SIGNATURE} 21 22 0024 20010db8000000000000000000000001 20010db8000000000000000000000002 0035 ffff`,
  );
  assert.deepEqual(headerIn(six).addresses, {
    family: "ip",
    transport: "datagram",
    source: { address: "2001:db8::1", port: 53 },
    destination: { address: "2001:db8::2", port: 65_535 },
  });
});

test("who speaks for itself, or says nothing of whom it speaks for, leaves the connection its own addresses", () => {
  for (const digits of [
    `${SIGNATURE} 20 00 0000`,
    `${SIGNATURE} 20 11 000c c0a80001 c0a8000b dc04 01bb`,
    // The family of LOCAL is ignored, as are the bytes behind it.
    `${SIGNATURE} 20 ff 0003 ffffff`,
    `${SIGNATURE} 21 00 0000`,
    `${SIGNATURE} 21 00 0004 deadbeef`,
    `${SIGNATURE} 21 10 000c c0a80001 c0a8000b dc04 01bb`,
  ]) {
    const bytes = hex(digits);
    const reading = parseProxyHeader(Buffer.concat([bytes, line("rest")]));
    assert.ok(reading.kind === "header", digits);
    assert.equal(reading.length, bytes.length);
    assert.equal(reading.header.addresses, undefined);
  }
});

test("a checksum is verified (section 2.2.3), and one that is wrong refuses the connection", () => {
  assert.equal(crc32c(line("123456789")), 0xe3069283);
  const bytes = proxyHeaderV2(TCP4, [{ type: PROXY_EXTRA.authority, value: line("example.com") }], {
    checksum: true,
  });
  assert.equal(headerIn(bytes).extras.length, 2);
  for (let at = 16; at < bytes.length; at++) {
    // What had become of another type would be no checksum.
    if (at === bytes.length - 7) continue;
    const damaged = Uint8Array.from(bytes);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    refuses(damaged, `byte ${at}`);
  }
});

test("headers are what they were when they are written and read, in both versions", () => {
  fc.assert(
    fc.property(
      anyAddresses(),
      anyExtras(),
      fc.boolean(),
      fc.uint8Array(),
      (addresses, extras, checksum, rest) => {
        const bytes = proxyHeaderV2(addresses, extras, { checksum });
        const reading = parseProxyHeader(Buffer.concat([bytes, rest]));
        assert.ok(reading.kind === "header");
        assert.equal(reading.length, bytes.length);
        const { header } = reading;
        assert.deepEqual(header.addresses, addresses);
        assert.deepEqual(header.extras.slice(0, extras.length), extras);
        const first = headerIn(proxyHeaderV1(addresses));
        const isStream = addresses.family === "ip" && addresses.transport === "stream";
        assert.deepEqual(first.addresses, isStream ? addresses : undefined);
      },
    ),
  );
});

test("a header that is cut off anywhere waits for the rest", () => {
  fc.assert(
    fc.property(anyAddresses(), anyExtras(), (addresses, extras) => {
      for (const bytes of [proxyHeaderV1(addresses), proxyHeaderV2(addresses, extras, { checksum: true })])
        for (let length = 0; length < bytes.length; length++)
          assert.deepEqual(parseProxyHeader(bytes.subarray(0, length)), { kind: "more" });
    }),
    { numRuns: 30 },
  );
});

test("two addresses of different families are both written as IPv6, and mapped ones as the IPv4 that they are", () => {
  const mixed = { ...TCP4, destination: { address: "2001:db8::1", port: 443 } } as const;
  assert.equal(
    Buffer.from(proxyHeaderV1(mixed)).toString("latin1"),
    "PROXY TCP6 ::ffff:192.168.0.1 2001:db8::1 56324 443\r\n",
  );
  const mapped = {
    ...TCP4,
    source: { address: "::ffff:192.168.0.1", port: 56_324 },
    destination: { address: "::ffff:192.168.0.11", port: 443 },
  } as const;
  assert.deepEqual(headerIn(proxyHeaderV1(mapped)).addresses, TCP4);
  assert.deepEqual(headerIn(proxyHeaderV2(mapped)).addresses, TCP4);
  const nameless = { ...TCP4, source: { address: "nobody", port: 1 } } as const;
  assert.equal(headerIn(proxyHeaderV1(nameless)).addresses, undefined);
  assert.equal(headerIn(proxyHeaderV2(nameless)).addresses, undefined);
});

test("paths of UNIX sockets are read to their first zero, abstract ones with their zeros", () => {
  for (const source of ["/run/app.sock", "\0abstract", "\0a\0b", "", "x".repeat(108)]) {
    const addresses: ProxyAddresses = {
      family: "unix",
      transport: "stream",
      source,
      destination: "/run/edge.sock",
    };
    assert.deepEqual(headerIn(proxyHeaderV2(addresses)).addresses, addresses);
  }
});

test("a line that is not to the letter is refused", () => {
  for (const text of [
    "GET / HTTP/1.1\r\n",
    "proxy TCP4 1.2.3.4 1.2.3.4 1 1\r\n",
    "PROXY  TCP4 1.2.3.4 1.2.3.4 1 1\r\n",
    "PROXY TCP4 1.2.3.4 1.2.3.4 1 1 \r\n",
    "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n",
    "PROXY TCP4 1.2.3.4 1.2.3.4 1 1 1\r\n",
    "PROXY TCP4 1.2.3.4 1.2.3.4 01 1\r\n",
    "PROXY TCP4 1.2.3.4 1.2.3.4 65536 1\r\n",
    "PROXY TCP4 1.2.3.4 1.2.3.4 -1 1\r\n",
    "PROXY TCP4 1.2.3.4 1.2.3.4 +1 1\r\n",
    "PROXY TCP4 1.2.3.4 1.2.3.4  1\r\n",
    "PROXY TCP4 01.2.3.4 1.2.3.4 1 1\r\n",
    "PROXY TCP4 ::1 ::1 1 1\r\n",
    "PROXY TCP6 1.2.3.4 1.2.3.4 1 1\r\n",
    "PROXY TCP6 ::1%lo ::1 1 1\r\n",
    "PROXY UDP4 1.2.3.4 1.2.3.4 1 1\r\n",
    "PROXY UNKNOWNS\r\n",
    "PROXY \r\n",
    "PROXY TCP4 1.2.3.4 1.2.3.4 1 1\n",
    "PROXY TCP4 1.2.3.4 1.2.3.4 1 1\rX",
    "PROXY TCP4 1.2.3.4\t1.2.3.4 1 1\r\n",
    "PROXY UNKNOWN \0\r\n",
    `PROXY UNKNOWN ${"x".repeat(93)}`,
    `PROXY UNKNOWN ${"x".repeat(92)}\r`,
    "P\r",
  ])
    refuses(line(text));
});

test("a header of version 2 that contradicts itself is refused", () => {
  for (const digits of [
    `${SIGNATURE} 11 11 000c c0a80001 c0a8000b dc04 01bb`,
    `${SIGNATURE} 31`,
    `${SIGNATURE} 22`,
    `${SIGNATURE} 21 41`,
    `${SIGNATURE} 21 13`,
    `${SIGNATURE} 21 11 000b`,
    `${SIGNATURE} 21 21 000c`,
    `${SIGNATURE} 21 31 00d7`,
    `${SIGNATURE} 21 11 ffff`,
    "0d0a0d0a000d0a515549540b",
    "0d0a00",
    // Extras that are longer than the header, or whose length is.
    `${SIGNATURE} 21 11 000d c0a80001 c0a8000b dc04 01bb 04`,
    `${SIGNATURE} 21 11 000f c0a80001 c0a8000b dc04 01bb 04 0001`,
    // A checksum of three bytes.
    `${SIGNATURE} 21 11 0012 c0a80001 c0a8000b dc04 01bb 03 0003 000000`,
  ])
    refuses(hex(digits));
  const longId = proxyHeaderV2(TCP4, [{ type: PROXY_EXTRA.uniqueId, value: new Uint8Array(129) }]);
  refuses(longId);
  const room = PROXY_HEADER_BYTES - 16 - 12 - 3;
  assert.equal(headerIn(proxyHeaderV2(TCP4, [{ type: 0xe0, value: new Uint8Array(room) }])).extras.length, 1);
  refuses(proxyHeaderV2(TCP4, [{ type: 0xe0, value: new Uint8Array(room + 1) }]));
  assert.throws(() => proxyHeaderV2(TCP4, [{ type: 0xe0, value: new Uint8Array(65_530) }]), RangeError);
});

test("no bytes whatever make the parser throw, or give a header that is longer than they are", () => {
  const damaged = fc
    .tuple(anyAddresses(), anyExtras(), fc.nat(), fc.nat(255), fc.boolean())
    .map(([addresses, extras, at, byte, first]) => {
      const bytes = first ? proxyHeaderV1(addresses) : proxyHeaderV2(addresses, extras);
      bytes[at % bytes.length] = byte;
      return bytes;
    });
  const signed = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.concat([hex(SIGNATURE), bytes]));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), damaged, signed), (bytes) => {
      const reading = parseProxyHeader(bytes);
      if (reading.kind === "header") assert.ok(reading.length <= bytes.length);
      if (bytes.length >= PROXY_HEADER_BYTES) assert.notEqual(reading.kind, "more");
    }),
    { numRuns: 1_000 },
  );
});

function anyAddresses(): fc.Arbitrary<ProxyAddresses> {
  const port = fc.nat(65_535);
  const ip = (length: number) => {
    // Mapped addresses are written as the IPv4 that they are, and do not come back as they were.
    const bytes = fc.uint8Array({ minLength: length, maxLength: length }).filter((some) => some[0] !== 0);
    const address = fc.record({ address: bytes.map(addressText), port }, { noNullPrototype: true });
    return fc.record(
      {
        family: fc.constant("ip" as const),
        transport: fc.constantFrom("stream" as const, "datagram" as const),
        source: address,
        destination: address,
      },
      { noNullPrototype: true },
    );
  };
  const path = fc.stringMatching(/^\/[a-z/.]{0,107}$/);
  const unix = fc.record(
    {
      family: fc.constant("unix" as const),
      transport: fc.constantFrom("stream" as const, "datagram" as const),
      source: path,
      destination: path,
    },
    { noNullPrototype: true },
  );
  return fc.oneof(ip(4), ip(16), unix);
}

function anyExtras(): fc.Arbitrary<{ type: number; value: Uint8Array }[]> {
  const type = fc.nat(255).filter((one) => one !== PROXY_EXTRA.crc32c);
  return fc.array(fc.record({ type, value: fc.uint8Array({ maxLength: 128 }) }, { noNullPrototype: true }), {
    maxLength: 5,
  });
}
