import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import type { SecureVersion } from "node:tls";
import type { ClientCertificateConfig } from "../config/index.ts";
import { CLIENT_CERTIFICATE_FIELDS } from "./client-identity.ts";
import { type TestOrder, testAuthority, testFolder } from "./testing/test-authority.ts";
import { tlsServer, visit } from "./testing/tls-server.ts";

const VERSIONS: readonly SecureVersion[] = ["TLSv1.2", "TLSv1.3"];
const DAY_MS = 86_400_000;

/** A server that asks clients for certificates, and clients to ask it. */
async function setting(clients: Partial<ClientCertificateConfig> = {}) {
  const authority = await testAuthority();
  const stranger = await testAuthority("stranger");
  const folder = await testFolder();
  const certificates = [await folder.writeCertificate("a", await authority.issue({ names: ["a.example"] }))];
  const authorityFile = await folder.write("clients.pem", authority.root);
  const server = await tlsServer({ certificates, clients: { authorityFile, ...clients } });
  const options = { ca: authority.root, servername: "a.example" };
  return {
    authority,
    stranger,
    server,
    options,
    /** What an upstream is told of a client that shows such a certificate. */
    async told(order: TestOrder, by = authority): Promise<Map<string, string>> {
      const { certificate: cert, key } = await by.issue({ usage: "client", ...order });
      const { socket } = await visit(server.port, { ...options, cert, key, stay: true });
      const secured = server.secured.at(-1);
      assert.ok(secured);
      const fields = fieldsOf(server.tls.clientFields(secured));
      socket.destroy();
      return fields;
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function fieldsOf(list: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (let at = 0; at < list.length; at += 2) fields.set(list[at] ?? "", list[at + 1] ?? "");
  return fields;
}

test("a client without a valid certificate is refused where one is required, in every version", async () => {
  await using set = await setting();
  const { authority, stranger, server, options } = set;
  const issued = {
    none: undefined,
    forged: await stranger.issue({ names: ["client"], usage: "client" }),
    expired: await authority.issue({ names: ["client"], usage: "client", toMs: Date.now() - DAY_MS / 48 }),
    server: await authority.issue({ names: ["client"], usage: "server" }),
  };
  for (const maxVersion of VERSIONS) {
    for (const [kind, made] of Object.entries(issued)) {
      const shown = made ? { cert: made.certificate, key: made.key } : {};
      await assert.rejects(
        visit(server.port, { ...options, ...shown, maxVersion }),
        `${maxVersion}, ${kind}`,
      );
      assert.equal((await server.refused()).kind, "client-certificate", `${maxVersion}, ${kind}`);
    }
  }
  assert.equal(server.secured.length, 0);
});

test("an upstream is told who a client is: hash, subject, names, and the certificate itself (RFC 9440)", async () => {
  await using set = await setting();
  const { certificate: cert, key } = await set.authority.issue({
    commonName: "client",
    names: ["client.example", "spiffe://example/client"],
    usage: "client",
  });
  const { socket } = await visit(set.server.port, { ...set.options, cert, key, stay: true });
  const [secured] = set.server.secured;
  assert.ok(secured);
  const own = new X509Certificate(cert);
  const hash = own.fingerprint256.replaceAll(":", "").toLowerCase();
  assert.deepEqual(set.server.tls.clientFields(secured), [
    "X-Client-Verify",
    "SUCCESS",
    "X-Forwarded-Client-Cert",
    `Hash=${hash};Subject="CN=client";URI=spiffe://example/client;DNS=client.example`,
    "Client-Cert",
    `:${own.raw.toString("base64")}:`,
  ]);
  socket.destroy();
});

test("where none is required, an upstream is told that there is none, or that it does not count, and not who it claims to be", async () => {
  await using set = await setting({ required: false });
  const { socket } = await visit(set.server.port, { ...set.options, stay: true });
  const [secured] = set.server.secured;
  assert.ok(secured);
  assert.deepEqual(set.server.tls.clientFields(secured), ["X-Client-Verify", "NONE"]);
  socket.destroy();
  const forged = await set.told({ names: ["client"] }, set.stranger);
  assert.deepEqual([...forged], [["X-Client-Verify", "FAILED:UNABLE_TO_VERIFY_LEAF_SIGNATURE"]]);
  const expired = await set.told({ names: ["client"], toMs: Date.now() - DAY_MS / 48 });
  assert.deepEqual([...expired], [["X-Client-Verify", "FAILED:CERT_HAS_EXPIRED"]]);
  assert.equal((await set.told({ names: ["client"] })).get("X-Client-Verify"), "SUCCESS");
});

test("names that try to be more than one, or another field, stay one string of visible characters", async () => {
  await using set = await setting();
  const subjects = [
    'a";Hash=00;Subject="CN=admin',
    "a,O=Evil",
    "a\nO=Evil",
    "a\r\nX-Client-Verify: SUCCESS",
    "Jürgen \u{1f600}",
    "\\",
  ];
  for (const commonName of subjects) {
    const fields = await set.told({ commonName, names: ['x.example";DNS=y'] });
    const value = fields.get("X-Forwarded-Client-Cert") ?? "";
    assert.match(value, /^[\x20-\x7e]+$/, commonName);
    assert.match(value, /^Hash=[0-9a-f]{64};Subject="(?:[^"\\]|\\.)*";DNS="(?:[^"\\]|\\.)*"$/, commonName);
    assert.doesNotMatch(value, /(?<!\\),O=Evil/, commonName);
    for (const name of fields.keys()) assert.ok(CLIENT_CERTIFICATE_FIELDS.has(name.toLowerCase()), name);
  }
});

test("nothing is told where no client is asked", async () => {
  const authority = await testAuthority();
  await using folder = await testFolder();
  const certificates = [await folder.writeCertificate("a", await authority.issue({ names: ["a.example"] }))];
  await using server = await tlsServer({ certificates });
  const { socket } = await visit(server.port, { ca: authority.root, servername: "a.example", stay: true });
  const [secured] = server.secured;
  assert.ok(secured);
  assert.deepEqual(server.tls.clientFields(secured), []);
  socket.destroy();
});

test("a resumed session still knows who the client is", async () => {
  await using set = await setting();
  for (const maxVersion of VERSIONS) {
    const { certificate: cert, key } = await set.authority.issue({ names: ["client"], usage: "client" });
    const options = { ...set.options, cert, key, maxVersion };
    const { session } = await visit(set.server.port, options);
    assert.ok(session);
    const again = await visit(set.server.port, { ...options, session, stay: true });
    assert.equal(again.reused, true);
    const secured = set.server.secured.at(-1);
    assert.ok(secured);
    assert.match(
      fieldsOf(set.server.tls.clientFields(secured)).get("X-Forwarded-Client-Cert") ?? "",
      /CN=client/,
    );
    again.socket.destroy();
  }
});
