import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import type { SecureVersion } from "node:tls";
import { SimulatedClock } from "../../../blocks/time/index.ts";
import type { ListenerTlsConfig } from "../config/index.ts";
import { testAuthority, testFolder } from "./testing/test-authority.ts";
import { tlsServer, visit } from "./testing/tls-server.ts";

const VERSIONS: readonly SecureVersion[] = ["TLSv1.2", "TLSv1.3"];
const HOUR_MS = 3_600_000;

async function setting() {
  const authority = await testAuthority();
  const folder = await testFolder();
  const certificates = [
    await folder.writeCertificate("a", await authority.issue({ names: ["a.example"] })),
    await folder.writeCertificate("b", await authority.issue({ names: ["b.example"] })),
  ];
  return {
    authority,
    folder,
    certificates,
    options: { ca: authority.root, servername: "b.example" },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** What the next visit takes to resume the last one. */
function resuming(session: Buffer | undefined): { session: Buffer } {
  assert.ok(session, "no session came");
  return { session };
}

test("a session is resumed at every worker that has the same secret, and at no other", async () => {
  await using set = await setting();
  const config: ListenerTlsConfig = { certificates: set.certificates };
  const sessionSecret = randomBytes(32);
  await using one = await tlsServer(config, { sessionSecret });
  await using two = await tlsServer(config, { sessionSecret });
  await using stranger = await tlsServer(config);
  for (const maxVersion of VERSIONS) {
    const options = { ...set.options, maxVersion };
    const first = await visit(one.port, options);
    assert.equal(first.reused, false);
    const again = resuming(first.session);
    assert.equal((await visit(one.port, { ...options, ...again })).reused, true, `${maxVersion}, the same`);
    assert.equal((await visit(two.port, { ...options, ...again })).reused, true, `${maxVersion}, another`);
    assert.equal((await visit(stranger.port, { ...options, ...again })).reused, false);
  }
});

test("a session outlives two changes of the ticket key, is renewed meanwhile, and ends with the third", async () => {
  for (const maxVersion of VERSIONS) {
    await using set = await setting();
    // At the very beginning of a period, so that the changes come after whole hours.
    const clock = new SimulatedClock(Math.floor(Date.now() / HOUR_MS) * HOUR_MS);
    const config = { certificates: set.certificates, sessionMs: 2 * HOUR_MS };
    await using server = await tlsServer(config, { clock });
    const options = { ...set.options, maxVersion };
    const first = resuming((await visit(server.port, options)).session);
    const resumed = async (session: { session: Buffer }) => visit(server.port, { ...options, ...session });
    await clock.advance(HOUR_MS);
    const renewed = await resumed(first);
    assert.equal(renewed.reused, true, `${maxVersion}, one change`);
    await clock.advance(HOUR_MS);
    assert.equal((await resumed(first)).reused, true, `${maxVersion}, two changes`);
    await clock.advance(HOUR_MS);
    assert.equal((await resumed(first)).reused, false, `${maxVersion}, three changes`);
    assert.equal((await resumed(resuming(renewed.session))).reused, true, `${maxVersion}, the renewed one`);
  }
});

test("no session is resumed where they are switched off", async () => {
  await using set = await setting();
  await using server = await tlsServer({ certificates: set.certificates, sessionMs: 0 });
  for (const maxVersion of VERSIONS) {
    const options = { ...set.options, maxVersion };
    const { session } = await visit(server.port, options);
    if (!session) continue;
    assert.equal((await visit(server.port, { ...options, session })).reused, false, maxVersion);
  }
});

test("a session counts only where clients are asked for the same: not where others are let in", async () => {
  await using set = await setting();
  const { authority, folder, certificates } = set;
  const other = await testAuthority("other");
  const own = await folder.write("clients.pem", authority.root);
  const others = await folder.write("others.pem", other.root);
  const client = await authority.issue({ names: ["client"], usage: "client" });
  const sessionSecret = randomBytes(32);
  const serve = (clients?: ListenerTlsConfig["clients"]) =>
    tlsServer({ certificates, ...(clients ? { clients } : {}) }, { sessionSecret });
  await using open = await serve();
  await using asking = await serve({ authorityFile: own });
  await using same = await serve({ authorityFile: own });
  await using elsewhere = await serve({ authorityFile: others });
  for (const maxVersion of VERSIONS) {
    const options = { ...set.options, maxVersion };
    const shown = { ...options, cert: client.certificate, key: client.key };
    const anonymous = resuming((await visit(open.port, options)).session);
    await assert.rejects(visit(asking.port, { ...options, ...anonymous }), `${maxVersion}, without one`);
    const known = resuming((await visit(asking.port, shown)).session);
    assert.equal((await visit(same.port, { ...shown, ...known })).reused, true);
    await assert.rejects(
      visit(elsewhere.port, { ...shown, ...known }),
      `${maxVersion}, of another authority`,
    );
  }
});

test("a session of a client whose certificate has run out since is refused", async () => {
  await using set = await setting();
  const { authority, folder, certificates, options } = set;
  const clients = { authorityFile: await folder.write("clients.pem", authority.root) };
  const toMs = Date.now() + HOUR_MS;
  const client = await authority.issue({ names: ["client"], usage: "client", toMs });
  const clock = new SimulatedClock(Date.now());
  await using server = await tlsServer({ certificates, clients }, { clock });
  const shown = { ...options, cert: client.certificate, key: client.key };
  const session = resuming((await visit(server.port, shown)).session);
  assert.equal((await visit(server.port, { ...shown, ...session })).reused, true);
  await clock.advance(HOUR_MS + 1_000);
  await assert.rejects(visit(server.port, { ...shown, ...session }));
  assert.match(server.refusals.at(-1)?.reason ?? "", /CERT_HAS_EXPIRED/);
});
