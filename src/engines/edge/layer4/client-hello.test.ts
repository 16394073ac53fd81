import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { before, test } from "node:test";
import { type ConnectionOptions, connect } from "node:tls";
import fc from "fast-check";
import { CLIENT_HELLO_BYTES, parseClientHello } from "./client-hello.ts";

/** The first flight of Node's own client: all that it sends before it is answered. */
async function captured(options: ConnectionOptions): Promise<Buffer> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect({ host: "127.0.0.1", port: (server.address() as AddressInfo).port, ...options });
  client.on("error", () => {});
  const [socket] = (await once(server, "connection")) as [Socket];
  let bytes = Buffer.alloc(0);
  while (bytes.length < 5 || bytes.length < 5 + bytes.readUInt16BE(3)) {
    const [chunk] = (await once(socket, "data")) as [Buffer];
    bytes = Buffer.concat([bytes, chunk]);
  }
  client.destroy();
  socket.destroy();
  server.close();
  return bytes;
}

const NAME = "Shop.Example.com";
let hellos: { readonly what: string; readonly bytes: Buffer; readonly name: string | undefined }[] = [];

before(async () => {
  const named = { servername: NAME, ALPNProtocols: ["h2", "http/1.1"] };
  hellos = [
    { what: "TLS 1.2", bytes: await captured({ ...named, maxVersion: "TLSv1.2" }), name: "shop.example.com" },
    { what: "TLS 1.3", bytes: await captured({ ...named, minVersion: "TLSv1.3" }), name: "shop.example.com" },
    {
      what: "TLS 1.3 with a key of ML-KEM",
      bytes: await captured({ ...named, minVersion: "TLSv1.3", ecdhCurve: "X25519MLKEM768:X25519" }),
      name: "shop.example.com",
    },
    { what: "no name", bytes: await captured({}), name: undefined },
  ];
});

test("the name and the protocols are read from what Node's own client sends", () => {
  for (const { what, bytes, name } of hellos) {
    const protocols = name ? ["h2", "http/1.1"] : [];
    assert.deepEqual(
      parseClientHello(bytes),
      { kind: "hello", hello: { serverName: name, protocols } },
      what,
    );
  }
});

test("a key of a post-quantum algorithm makes a hello larger than a segment", () => {
  assert.ok(hellos.some(({ bytes }) => bytes.length > 1_460));
});

test("a hello that is cut off anywhere waits for the rest, and what is behind it does not matter", () => {
  for (const { bytes } of hellos) {
    for (let length = 0; length < bytes.length; length++)
      assert.equal(parseClientHello(bytes.subarray(0, length)).kind, "more", `${length} bytes`);
    assert.equal(parseClientHello(Buffer.concat([bytes, Buffer.from("anything")])).kind, "hello");
  }
});

test("a hello reads the same however it is cut into records", () => {
  fc.assert(
    fc.property(fc.nat(3), fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }), (which, sizes) => {
      const bytes = hellos[which]?.bytes ?? assert.fail();
      assert.deepEqual(parseClientHello(inRecords(bytes, sizes)), parseClientHello(bytes));
    }),
  );
});

test("what is not TLS is told from its first bytes", () => {
  for (const text of [
    "GET / HTTP/1.1\r\n",
    "SSH-2.0-x\r\n",
    "\x80\x2e\x01\x03\x01",
    "\x16\x02",
    "\x16\x03\x01\x00\x05\x02",
  ])
    assert.equal(parseClientHello(Buffer.from(text, "latin1")).kind, "other", text);
  assert.equal(parseClientHello(Buffer.alloc(0)).kind, "more");
});

test("lengths that do not fit are malformed, and nothing is waited for beyond the bound", () => {
  const bytes = hellos[1]?.bytes ?? assert.fail();
  const body = bytes.subarray(9);
  for (const [what, hostile] of Object.entries({
    "a record of nothing": Buffer.from("160301000001", "hex"),
    "a record larger than any may be": Buffer.from("1603014001", "hex"),
    "a message larger than the bound": Buffer.from("160301040001ffffff", "hex"),
    "a message that never ends": record(
      Buffer.concat([Buffer.from("01003fff", "hex"), Buffer.alloc(16_000)]),
    ),
    "another kind of record in between": Buffer.concat([
      inRecords(bytes, [50]).subarray(0, 55),
      Buffer.from("1703010001ff", "hex"),
    ]),
    "bytes behind the extensions": hello(Buffer.concat([body, Buffer.alloc(1)])),
    "extensions that are longer than the message": hello(body.subarray(0, body.length - 1)),
    "a session id of 33 bytes": hello(
      Buffer.concat([body.subarray(0, 34), Buffer.alloc(34, 33), body.subarray(67)]),
    ),
    "no compression": hello(Buffer.concat([body.subarray(0, 34), Buffer.from("00000213010000", "hex")])),
    "nothing at all": hello(Buffer.alloc(0)),
    "another version": hello(Buffer.concat([Buffer.from([2]), body.subarray(1)])),
  })) {
    const reading = parseClientHello(hostile);
    if (what === "a message that never ends") {
      assert.equal(
        parseClientHello(Buffer.concat([hostile, record(Buffer.alloc(400))])).kind,
        "malformed",
        what,
      );
    } else assert.equal(reading.kind, "malformed", what);
  }
});

test("extensions are read strictly: one name, of characters of a name, and once", () => {
  const name = (text: string) => {
    const bytes = Buffer.from(text, "latin1");
    return Buffer.concat([word(0), vector(vector(Buffer.concat([Buffer.from([0]), vector(bytes)])))]);
  };
  const named = parseClientHello(withExtensions(name("A.b")));
  assert.ok(named.kind === "hello" && named.hello.serverName === "a.b");
  assert.equal(parseClientHello(withExtensions(Buffer.alloc(0))).kind, "hello");
  const other = Buffer.concat([word(0x1234), vector(Buffer.from("anything"))]);
  assert.equal(parseClientHello(withExtensions(Buffer.concat([other, name("a")]))).kind, "hello");
  for (const extensions of [
    name(""),
    name("a b"),
    name("a\0.example.com"),
    name("é.example.com"),
    name("a".repeat(256)),
    Buffer.concat([name("a"), name("b")]),
    Buffer.concat([word(0), vector(Buffer.alloc(0))]),
    Buffer.concat([word(0), vector(vector(Buffer.from("01000161", "hex")))]),
    Buffer.concat([word(0), word(0xffff)]),
    Buffer.concat([word(16), vector(vector(Buffer.alloc(1)))]),
    Buffer.concat([word(16), vector(vector(Buffer.from("056832", "hex")))]),
    Buffer.from([0]),
  ])
    assert.equal(
      parseClientHello(withExtensions(extensions)).kind,
      "malformed",
      extensions.toString("latin1"),
    );
});

test("no bytes whatever make the reader throw, or wait for more than the bound", () => {
  const damaged = fc
    .tuple(fc.nat(3), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }))
    .map(([which, changes]) => {
      const bytes = Buffer.from(hellos[which]?.bytes ?? []);
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      return bytes;
    });
  const tls = fc
    .uint8Array({ maxLength: 200 })
    .map((bytes) => Buffer.concat([Buffer.from("1603010100010000", "hex"), bytes]));
  fc.assert(
    fc.property(fc.oneof(damaged, tls, fc.uint8Array()), (bytes) => {
      parseClientHello(bytes);
      const padded = Buffer.concat([bytes, Buffer.alloc(CLIENT_HELLO_BYTES)]);
      assert.notEqual(parseClientHello(padded).kind, "more");
    }),
    { numRuns: 1_000 },
  );
});

function word(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

function vector(bytes: Buffer): Buffer {
  return Buffer.concat([word(bytes.length), bytes]);
}

function record(fragment: Buffer): Buffer {
  return Buffer.concat([Buffer.from([22, 3, 1]), vector(fragment)]);
}

function hello(body: Buffer): Buffer {
  return record(Buffer.concat([Buffer.from([1, 0]), word(body.length), body]));
}

function withExtensions(extensions: Buffer): Buffer {
  const fixed = Buffer.concat([Buffer.from([3, 3]), Buffer.alloc(32), Buffer.from("00000213010100", "hex")]);
  return hello(Buffer.concat([fixed, vector(extensions)]));
}

/** The same message, cut into records of these sizes in turn. */
function inRecords(bytes: Buffer, sizes: readonly number[]): Buffer {
  const records: Buffer[] = [];
  for (let at = 5, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    records.push(record(bytes.subarray(at, at + size)));
    at += size;
  }
  return Buffer.concat(records);
}
