import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { SimulatedClock } from "../../../blocks/time/index.ts";
import type { CertificateConfig } from "../config/index.ts";
import { type TestAuthority, testAuthority, testFolder } from "./testing/test-authority.ts";
import { type TestTlsServer, tlsServer, visit } from "./testing/tls-server.ts";

const DAY_MS = 86_400_000;

/** A server that shows one certificate of a folder, under a clock that is moved by hand. */
async function setting() {
  const authority = await testAuthority();
  const folder = await testFolder();
  const config = await folder.writeCertificate("a", await authority.issue({ ...NAMES, commonName: "old" }));
  const clock = new SimulatedClock(Date.now());
  const server = await tlsServer({ certificates: [config] }, { clock });
  return {
    authority,
    folder,
    config,
    clock,
    server,
    shown: async () => (await visit(server.port, { ca: authority.root, servername: "a.example" })).commonName,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const NAMES = { names: ["a.example"] };

/** Looks twice, as the clock would have it: once to see that something has changed, once to see that it stays so. */
async function settled(server: TestTlsServer, events: number): Promise<void> {
  await server.files.look();
  await server.files.look();
  while (server.events.length < events) await new Promise(setImmediate);
}

async function replace(config: CertificateConfig, authority: TestAuthority, commonName: string) {
  const made = await authority.issue({ ...NAMES, commonName });
  await writeFile(`${config.certificateFile}.new`, made.certificate);
  await writeFile(`${config.keyFile}.new`, made.key);
  await rename(`${config.certificateFile}.new`, config.certificateFile);
  await rename(`${config.keyFile}.new`, config.keyFile);
}

test("a certificate that was renamed into place is shown to the next client, and the one before goes on", async () => {
  await using set = await setting();
  const { authority, config, server } = set;
  const options = { ca: authority.root, servername: "a.example", stay: true };
  const before = await visit(server.port, options);
  assert.equal(before.commonName, "old");
  await replace(config, authority, "new");
  assert.equal(await set.shown(), "old");
  await settled(server, 1);
  assert.equal(await set.shown(), "new");
  assert.deepEqual(server.events, [
    { type: "tls-reloaded", file: config.certificateFile, names: ["a.example"] },
  ]);
  before.socket.write("still here");
  const [echo] = await once(before.socket, "data");
  assert.equal(String(echo), "still here");
  before.socket.destroy();
});

test("a session goes on over a change of the certificate", async () => {
  await using set = await setting();
  const { authority, config, server } = set;
  const options = { ca: authority.root, servername: "a.example" };
  const { session } = await visit(server.port, options);
  await replace(config, authority, "new");
  await settled(server, 1);
  assert.ok(session);
  assert.equal((await visit(server.port, { ...options, session })).reused, true);
});

test("files behind a link are taken up when it is turned, as Kubernetes and certbot do", async () => {
  const authority = await testAuthority();
  await using folder = await testFolder();
  const version = async (name: string) => {
    await mkdir(join(folder.path, name));
    const made = await authority.issue({ ...NAMES, commonName: name });
    await folder.write(`${name}/tls.crt`, made.certificate);
    await folder.write(`${name}/tls.key`, made.key);
  };
  await version("1");
  await version("2");
  await symlink("1", join(folder.path, "..data"));
  await symlink("..data/tls.crt", join(folder.path, "tls.crt"));
  await symlink("..data/tls.key", join(folder.path, "tls.key"));
  const certificates = [
    { certificateFile: join(folder.path, "tls.crt"), keyFile: join(folder.path, "tls.key") },
  ];
  await using server = await tlsServer({ certificates }, { clock: new SimulatedClock(Date.now()) });
  const shown = async () =>
    (await visit(server.port, { ca: authority.root, servername: "a.example" })).commonName;
  assert.equal(await shown(), "1");
  await symlink("2", join(folder.path, "..data.new"));
  await rename(join(folder.path, "..data.new"), join(folder.path, "..data"));
  await settled(server, 1);
  assert.equal(await shown(), "2");
});

test("files are read by the clock, a moment after their last change, and not in the middle of one", async () => {
  await using set = await setting();
  const { authority, config, clock, server } = set;
  const made = await authority.issue({ ...NAMES, commonName: "new" });
  const pass = async () => {
    await clock.advance(2_000);
    await server.files.looked;
  };
  await writeFile(config.certificateFile, made.certificate.slice(0, 100));
  await pass();
  await writeFile(config.certificateFile, made.certificate);
  await pass();
  await writeFile(config.keyFile, made.key);
  await pass();
  assert.equal(await set.shown(), "old");
  await pass();
  while (server.events.length === 0) await new Promise(setImmediate);
  assert.deepEqual(
    server.events.map(({ type }) => type),
    ["tls-reloaded"],
  );
  assert.equal(await set.shown(), "new");
});

test("files that cannot be used leave those before in force, and the report says what is wrong", async () => {
  await using set = await setting();
  const { authority, config, server } = set;
  const expired = await authority.issue({
    ...NAMES,
    fromMs: Date.now() - 2 * DAY_MS,
    toMs: Date.now() - DAY_MS,
  });
  const early = await authority.issue({ ...NAMES, fromMs: Date.now() + DAY_MS });
  const stranger = await authority.issue(NAMES);
  const bad: [string, string | undefined, RegExp][] = [
    [
      stranger.certificate,
      undefined,
      /does not fit its key .*name the key that the certificate was made for/,
    ],
    ["rubbish", undefined, /holds no PEM certificate/],
    [stranger.key, undefined, /holds a key and no certificate/],
    [expired.certificate, expired.key, /has expired, on \d{4}-\d\d-\d\d; renew it/],
    [early.certificate, early.key, /is valid from .* on; look at the machine's clock/],
    [stranger.certificate, "rubbish", /holds no PEM private key/],
  ];
  for (const [certificate, key, reason] of bad) {
    const known = server.events.length;
    await writeFile(config.certificateFile, certificate);
    if (key !== undefined) await writeFile(config.keyFile, key);
    await settled(server, known + 1);
    const event = server.events.at(-1);
    assert.equal(event?.type, "tls-refused");
    assert.match(event?.type === "tls-refused" ? event.reason : "", reason);
    assert.equal(await set.shown(), "old");
  }
  await replace(config, authority, "mended");
  await settled(server, bad.length + 1);
  assert.equal(await set.shown(), "mended");
});

test("authorities of clients are taken up anew, and those that they let in before are asked again", async () => {
  const authority = await testAuthority();
  const other = await testAuthority("other");
  await using folder = await testFolder();
  const certificates = [await folder.writeCertificate("a", await authority.issue(NAMES))];
  const authorityFile = await folder.write("clients.pem", authority.root);
  const clock = new SimulatedClock(Date.now());
  await using server = await tlsServer({ certificates, clients: { authorityFile } }, { clock });
  const client = await authority.issue({ names: ["client"], usage: "client" });
  const options = { ca: authority.root, servername: "a.example", cert: client.certificate, key: client.key };
  const { session } = await visit(server.port, options);
  assert.ok(session);
  await folder.write("clients.pem", other.root);
  await settled(server, 1);
  await assert.rejects(visit(server.port, options));
  await assert.rejects(visit(server.port, { ...options, session }));
});

test("a certificate that runs out soon is told of at the start, and every twelve hours", async () => {
  const authority = await testAuthority();
  await using folder = await testFolder();
  const toMs = Math.floor(Date.now() / 1_000) * 1_000 + 10 * DAY_MS;
  const fromMs = toMs - 90 * DAY_MS;
  const certificates = [
    await folder.writeCertificate("soon", await authority.issue({ ...NAMES, fromMs, toMs })),
    await folder.writeCertificate("late", await authority.issue({ names: ["b.example"] })),
  ];
  const clock = new SimulatedClock(toMs - 10 * DAY_MS);
  await using server = await tlsServer({ certificates }, { clock });
  const warning = (leftMs: number) => ({
    type: "tls-expiring",
    file: certificates[0]?.certificateFile,
    names: ["a.example"],
    validToMs: toMs,
    leftMs,
  });
  assert.deepEqual(server.events, [warning(10 * DAY_MS)]);
  await clock.advance(DAY_MS);
  assert.deepEqual(server.events.slice(1), [warning(9.5 * DAY_MS), warning(9 * DAY_MS)]);
  await clock.advance(9.5 * DAY_MS);
  assert.deepEqual(server.events.at(-1), warning(-0.5 * DAY_MS));
});
