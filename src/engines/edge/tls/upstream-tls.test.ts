import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer as createPlainServer, type Socket } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import type { TLSSocket } from "node:tls";
import { SimulatedClock } from "../../../blocks/time/index.ts";
import type { UpstreamTlsConfig } from "../config/index.ts";
import type { UpstreamFailure } from "../upstream/upstream-failure.ts";
import { FileWatch } from "./file-watch.ts";
import { type TestOrder, testAuthority, testFolder } from "./testing/test-authority.ts";
import { type TestServerSettings, tlsServer } from "./testing/tls-server.ts";
import { openUpstreamTls, type UpstreamTls, type UpstreamTlsOptions } from "./upstream-tls.ts";
import { tlsFailureOf } from "./upstream-tls-failure.ts";

const DAY_MS = 86_400_000;

/** An endpoint whose certificate an authority made, and a file of that authority. */
async function endpoint(order: TestOrder = { names: ["a.example"] }, settings: TestServerSettings = {}) {
  const authority = await testAuthority();
  const folder = await testFolder();
  const far = await authority.issue(order);
  const certificates = [await folder.writeCertificate("a", far)];
  // What the server itself would not show, such as an expired one, it takes while it is still good.
  const clock = new SimulatedClock(Math.min(Date.now(), (order.toMs ?? Number.POSITIVE_INFINITY) - 1_000));
  const server = await tlsServer({ certificates }, { clock, ...settings });
  return {
    authority,
    folder,
    certificates,
    server,
    authorityFile: await folder.write("authority.pem", authority.root),
    target: { host: "127.0.0.1", port: server.port },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function open(config: UpstreamTlsConfig, options: Partial<UpstreamTlsOptions> = {}): Promise<UpstreamTls> {
  const clock = new SimulatedClock(Date.now());
  return openUpstreamTls(config, { clock, files: new FileWatch(clock), protocol: "http1", ...options });
}

/** Connects, waits for the greeting, and gives the connection; or the failure as a pool would read it. */
async function attempt(socket: TLSSocket): Promise<TLSSocket | UpstreamFailure> {
  let secured = false;
  socket.once("secureConnect", () => {
    secured = true;
  });
  return new Promise((resolve) => {
    socket.once("error", (error) => resolve(tlsFailureOf(error, secured)));
    socket.once("data", () => resolve(socket));
  });
}

async function connected(socket: TLSSocket): Promise<{ reused: boolean; socket: TLSSocket }> {
  const result = await attempt(socket);
  assert.ok(!("kind" in result), JSON.stringify(result));
  const reused = result.isSessionReused();
  result.destroy();
  await once(result, "close");
  return { reused, socket: result };
}

async function unreachable(socket: TLSSocket): Promise<string> {
  const result = await attempt(socket);
  socket.destroy();
  assert.ok("kind" in result && result.kind === "unreachable", "it was reached");
  return result.reason;
}

test("an endpoint is asked for the configured name, which its certificate has to have", async () => {
  await using set = await endpoint();
  const { authorityFile, target } = set;
  await withTls(await open({ authorityFile, serverName: "a.example" }), async (tls) => {
    const { socket } = await connected(tls.connect(target));
    assert.equal(socket.servername, "a.example");
    assert.equal(socket.alpnProtocol, "http/1.1");
  });
  await withTls(await open({ authorityFile, serverName: "b.example" }), async (tls) => {
    assert.equal(
      await unreachable(tls.connect(target)),
      "shows a certificate for other names (ERR_TLS_CERT_ALTNAME_INVALID)",
    );
  });
});

test("without a configured name the endpoint's host has to be in the certificate, be it an address", async () => {
  await using set = await endpoint({ names: ["127.0.0.1"] });
  await withTls(await open({ authorityFile: set.authorityFile }), async (tls) => {
    await connected(tls.connect(set.target));
  });
  await using named = await endpoint({ names: ["a.example"] });
  await withTls(await open({ authorityFile: named.authorityFile }), async (tls) => {
    assert.match(await unreachable(tls.connect(named.target)), /other names/);
  });
});

test("what is wrong with a certificate is told, with its code, and the endpoint counts as unreachable", async () => {
  const names = ["a.example"];
  await using expired = await endpoint({ names, fromMs: Date.now() - 3 * DAY_MS, toMs: Date.now() - DAY_MS });
  await using good = await endpoint();
  const serverName = "a.example";
  const reason = async (config: UpstreamTlsConfig, set: { target: { host: string; port: number } }) => {
    const tls = await open({ serverName, ...config });
    const told = await unreachable(tls.connect(set.target));
    tls.close();
    return told;
  };
  assert.equal(
    await reason({ authorityFile: expired.authorityFile }, expired),
    "shows a certificate that has expired (CERT_HAS_EXPIRED)",
  );
  const stranger = "shows a certificate that is from no trusted authority (UNABLE_TO_VERIFY_LEAF_SIGNATURE)";
  assert.equal(await reason({ authorityFile: expired.authorityFile }, good), stranger);
  assert.equal(await reason({}, good), stranger);
});

test("what is written before the handshake is done is not sent to an endpoint that does not pass", async () => {
  await using set = await endpoint();
  await withTls(await open({ serverName: "a.example" }), async (tls) => {
    const socket = tls.connect(set.target);
    socket.write("a secret");
    await unreachable(socket);
  });
  // The endpoint's handshake does not end, so that it has no key to read anything with.
  assert.equal((await set.server.refused()).kind, "left");
  assert.equal(set.server.secured.length, 0);
});

test("an experiment may accept any certificate, and nothing else does", async () => {
  await using set = await endpoint();
  await withTls(await open({ insecure: true }), async (tls) => {
    await connected(tls.connect(set.target));
  });
});

test("an endpoint that speaks no TLS, hangs up, or is not there is unreachable, each for its own reason", async () => {
  const tls = await open({ insecure: true });
  const against = async (answer: (socket: Socket) => void) => {
    const server = createPlainServer((socket) => {
      socket.on("error", () => {});
      answer(socket);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const reason = await unreachable(tls.connect({ host: "127.0.0.1", port }));
    server.close();
    return { reason, port };
  };
  const plain = await against((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  assert.match(plain.reason, /^does not speak TLS \(ERR_SSL_/);
  const gone = await against((socket) => socket.destroy());
  assert.equal(gone.reason, "ended the connection in the handshake (ECONNRESET)");
  const refused = await unreachable(tls.connect({ host: "127.0.0.1", port: gone.port }));
  assert.equal(refused, "refused the connection (ECONNREFUSED)");
  tls.close();
});

test("the next connection to an endpoint resumes the session, and one to another endpoint does not", async () => {
  await using set = await endpoint();
  await using other = await tlsServer({ certificates: set.certificates });
  const { authorityFile, target } = set;
  await withTls(await open({ authorityFile, serverName: "a.example" }), async (tls) => {
    assert.equal((await connected(tls.connect(target))).reused, false);
    assert.equal((await connected(tls.connect(target))).reused, true);
    assert.equal((await connected(tls.connect(target))).reused, true);
    assert.equal((await connected(tls.connect({ ...target, port: other.port }))).reused, false);
  });
});

test("authorities that change are in force for the next connection, whatever sessions there are", async () => {
  await using set = await endpoint();
  const clock = new SimulatedClock(Date.now());
  const files = new FileWatch(clock);
  const events: string[] = [];
  const tls = await open(
    { authorityFile: set.authorityFile, serverName: "a.example" },
    { clock, files, report: ({ type }) => events.push(type) },
  );
  await connected(tls.connect(set.target));
  const other = await testAuthority("other");
  const change = async (text: string) => {
    const known = events.length;
    await set.folder.write("authority.pem", text);
    await files.look();
    await files.look();
    while (events.length === known) await new Promise(setImmediate);
  };
  await change(other.root);
  assert.match(await unreachable(tls.connect(set.target)), /no trusted authority/);
  await change("rubbish");
  assert.match(await unreachable(tls.connect(set.target)), /no trusted authority/);
  await change(set.authority.root);
  await connected(tls.connect(set.target));
  assert.deepEqual(events, ["tls-reloaded", "tls-refused", "tls-reloaded"]);
  tls.close();
});

test("a server that asks for it is shown the edge's certificate, and its refusal is told, late as it comes", async () => {
  await using set = await endpoint();
  const { authority, folder, authorityFile } = set;
  const clients = { authorityFile };
  await using strict = await tlsServer({ certificates: set.certificates, clients });
  const target = { host: "127.0.0.1", port: strict.port };
  const certificate = await folder.writeCertificate(
    "edge",
    await authority.issue({ names: ["edge"], usage: "client" }),
  );
  const config = { authorityFile, serverName: "a.example" };
  await withTls(await open({ ...config, certificate }), async (tls) => {
    await connected(tls.connect(target));
  });
  await withTls(await open(config), async (tls) => {
    const reason = "does not accept the edge's certificate (ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED)";
    assert.equal(await unreachable(tls.connect(target)), reason);
  });
});

test("HTTP/2 has to be agreed on, and HTTP/1.1 is taken for granted", async () => {
  await using set = await endpoint({ names: ["a.example"] }, { protocols: ["h2", "http/1.1"] });
  await using silent = await tlsServer({ certificates: set.certificates }, { protocols: [] });
  const config = { authorityFile: set.authorityFile, serverName: "a.example" };
  const problem = async (protocol: "http1" | "http2" | "tcp", port: number) => {
    const tls = await open(config, { protocol });
    const { socket } = await connected(tls.connect({ host: "127.0.0.1", port }));
    tls.close();
    return { spoken: socket.alpnProtocol, problem: tls.problemOf(socket) };
  };
  assert.deepEqual(await problem("http2", set.server.port), { spoken: "h2", problem: undefined });
  assert.deepEqual(await problem("http1", set.server.port), { spoken: "http/1.1", problem: undefined });
  assert.deepEqual(await problem("tcp", set.server.port), { spoken: false, problem: undefined });
  assert.deepEqual(await problem("http1", silent.port), { spoken: false, problem: undefined });
  assert.deepEqual(await problem("http2", silent.port), {
    spoken: false,
    problem: "does not speak HTTP/2 over TLS (ALPN)",
  });
});

test("files that cannot be used are told when they are configured, and nothing goes on watching", async () => {
  await using folder = await testFolder();
  const authority = await testAuthority();
  const authorityFile = await folder.write("authority.pem", authority.root);
  await assert.rejects(open({ authorityFile: join(folder.path, "none.pem") }), {
    code: "INVALID_CONFIG",
    message: /none\.pem: does not exist/,
  });
  const certificate = { certificateFile: authorityFile, keyFile: authorityFile };
  await assert.rejects(open({ authorityFile, certificate }), { code: "INVALID_CONFIG" });
});

/** Runs a part of a test, and closes what it used. */
async function withTls(tls: UpstreamTls, part: (tls: UpstreamTls) => Promise<void>): Promise<void> {
  try {
    await part(tls);
  } finally {
    tls.close();
  }
}
