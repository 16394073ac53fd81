import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectPlain } from "node:net";
import { test } from "node:test";
import { connect, type SecureVersion } from "node:tls";
import { SimulatedClock } from "../../../blocks/time/index.ts";
import { FileWatch } from "./file-watch.ts";
import { openServerTls } from "./server-tls.ts";
import { testAuthority, testFolder } from "./testing/test-authority.ts";
import { tlsServer, visit } from "./testing/tls-server.ts";

const VERSIONS: readonly SecureVersion[] = ["TLSv1.2", "TLSv1.3"];

test("a client is shown the certificate of the name that it asks for, then of a wildcard, else the first", async () => {
  const authority = await testAuthority();
  await using folder = await testFolder();
  const certificates = [
    await folder.writeCertificate("first", await authority.issue({ names: ["first.example"] })),
    await folder.writeCertificate("wild", await authority.issue({ names: ["*.shop.example"] })),
    await folder.writeCertificate("exact", await authority.issue({ names: ["a.shop.example"] })),
  ];
  await using server = await tlsServer({ certificates });
  const shown = async (servername: string) =>
    (await visit(server.port, { rejectUnauthorized: false, servername })).commonName;
  assert.equal(await shown("a.shop.example"), "a.shop.example");
  assert.equal(await shown("A.Shop.EXAMPLE"), "a.shop.example");
  assert.equal(await shown("b.shop.example"), "*.shop.example");
  assert.equal(await shown("c.b.shop.example"), "first.example");
  assert.equal(await shown("shop.example"), "first.example");
  assert.equal(await shown(""), "first.example");
});

test("TLS 1.2 and 1.3 are spoken with suites that keep past secrets, and older versions are refused", async () => {
  const authority = await testAuthority();
  await using folder = await testFolder();
  const certificates = [await folder.writeCertificate("a", await authority.issue({ names: ["a.example"] }))];
  await using server = await tlsServer({ certificates });
  const options = { ca: authority.root, servername: "a.example" };
  for (const version of VERSIONS) {
    const { socket } = await visit(server.port, { ...options, maxVersion: version, stay: true });
    assert.equal(socket.getProtocol(), version);
    assert.match(socket.getCipher().standardName, /^TLS_(ECDHE_ECDSA_WITH_)?(AES|CHACHA20).*(GCM|POLY1305)/);
    socket.destroy();
  }
  const old = {
    ...options,
    minVersion: "TLSv1",
    maxVersion: "TLSv1.1",
    ciphers: "DEFAULT@SECLEVEL=0",
  } as const;
  await assert.rejects(visit(server.port, old), { code: "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION" });
  assert.match((await server.refused()).reason, /^speaks only old versions of TLS/);
  const weak = { ...options, maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-SHA" } as const;
  await assert.rejects(visit(server.port, weak), { code: /ALERT_HANDSHAKE_FAILURE/ });
  assert.match((await server.refused()).reason, /^speaks no cipher suite that is allowed/);
});

test("a listener that wants TLS 1.3 refuses 1.2", async () => {
  const authority = await testAuthority();
  await using folder = await testFolder();
  const certificates = [await folder.writeCertificate("a", await authority.issue({ names: ["a.example"] }))];
  await using server = await tlsServer({ certificates, minVersion: "TLSv1.3" });
  const options = { ca: authority.root, servername: "a.example" };
  await visit(server.port, options);
  await assert.rejects(visit(server.port, { ...options, maxVersion: "TLSv1.2" }));
  assert.equal((await server.refused()).kind, "protocol");
});

test("of the protocols that a client offers the server's favourite is spoken, and none is refused (RFC 7301, section 3.2)", async () => {
  const authority = await testAuthority();
  await using folder = await testFolder();
  const certificates = [await folder.writeCertificate("a", await authority.issue({ names: ["a.example"] }))];
  const options = { ca: authority.root, servername: "a.example" };
  const spoken = async (port: number, ALPNProtocols?: string[]) => {
    const asked = ALPNProtocols ? { ...options, ALPNProtocols } : options;
    return (await visit(port, asked)).socket.alpnProtocol;
  };
  await using both = await tlsServer({ certificates });
  assert.equal(await spoken(both.port, ["http/1.1", "h2"]), "h2");
  assert.equal(await spoken(both.port, ["http/1.1"]), "http/1.1");
  assert.equal(await spoken(both.port), false);
  await assert.rejects(spoken(both.port, ["spdy/3"]), { code: /NO_APPLICATION_PROTOCOL/ });
  assert.match((await both.refused()).reason, /^offers no protocol that is spoken here/);
  await using one = await tlsServer({ certificates }, { protocols: ["http/1.1"] });
  assert.equal(await spoken(one.port, ["h2", "http/1.1"]), "http/1.1");
  await using none = await tlsServer({ certificates }, { protocols: [] });
  assert.equal(await spoken(none.port, ["h2"]), false);
});

test("a client cannot negotiate anew within a connection", async () => {
  const authority = await testAuthority();
  await using folder = await testFolder();
  const certificates = [await folder.writeCertificate("a", await authority.issue({ names: ["a.example"] }))];
  await using server = await tlsServer({ certificates });
  const options = { ca: authority.root, servername: "a.example", maxVersion: "TLSv1.2", stay: true } as const;
  const { socket } = await visit(server.port, options);
  const failed = new Promise<Error | null>((resolve) => {
    socket.once("error", resolve);
    socket.renegotiate({}, resolve);
  });
  assert.ok(await failed);
  socket.destroy();
});

test("TLS begins behind bytes that were read before, and takes those that were read too many", async () => {
  const authority = await testAuthority();
  await using folder = await testFolder();
  const certificates = [await folder.writeCertificate("a", await authority.issue({ names: ["a.example"] }))];
  const preface = "PROXY TCP4 192.0.2.1 192.0.2.2 1234 443\r\n";
  const before = (socket: import("node:net").Socket, go: () => void) =>
    socket.once("data", (bytes) => {
      assert.equal(bytes.subarray(0, preface.length).toString(), preface);
      socket.pause();
      if (bytes.length > preface.length) socket.unshift(bytes.subarray(preface.length));
      go();
    });
  await using server = await tlsServer({ certificates }, { before });
  // The preface and the first bytes of TLS in one segment: a client's hello is held until the preface is written.
  const plain = connectPlain({ port: server.port, host: "127.0.0.1" });
  await once(plain, "connect");
  plain.cork();
  plain.write(preface);
  const socket = connect({ socket: plain, ca: authority.root, servername: "a.example" });
  setImmediate(() => plain.uncork());
  const [greeting] = await once(socket, "data");
  assert.equal(String(greeting), "hello");
  socket.end();
  await once(socket, "close");
});

test("what a certificate lacks is told when it is configured, with the file and the mend", async () => {
  const clock = new SimulatedClock(Date.now());
  const options = { clock, files: new FileWatch(clock), protocols: [] };
  await assert.rejects(openServerTls({}, options), { code: "INVALID_CONFIG", message: /certificate/ });
  const certificates = [{ certificateFile: "/nowhere/a.pem", keyFile: "/nowhere/a-key.pem" }];
  await assert.rejects(openServerTls({ certificates }, options), {
    code: "INVALID_CONFIG",
    message: "/nowhere/a.pem: does not exist",
  });
  assert.equal(clock.pendingTimers, 0);
});
