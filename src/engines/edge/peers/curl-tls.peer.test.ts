import assert from "node:assert/strict";
import { test } from "node:test";
import { type TestFolder, testAuthority, testFolder } from "../tls/testing/test-authority.ts";
import { output, ran } from "./testing/program.ts";
import { peerScene, tellingOrigin, toldIn } from "./testing/scene.ts";

/** Runs curl, silent but for errors; bounded in time. */
function curl(...args: string[]): Promise<string> {
  return output("curl", ["-sS", "--max-time", "10", ...args]);
}

/** The exit code of curl. */
async function codeOf(...args: string[]): Promise<number> {
  return (await ran("curl", ["-sS", "--max-time", "10", "-o", "/dev/null", ...args])).code;
}

/** Of curl: no agreement in the handshake, and a server that is not to be trusted. */
const NO_HANDSHAKE = 35;
const NOT_TRUSTED = 60;

test("curl trusts the local authority's root for every name of the machine, and nobody without it", async () => {
  await using origin = await tellingOrigin();
  await using scene = await peerScene([origin.port]);
  const { root, securePort } = scene;
  for (const host of ["localhost", "127.0.0.1", "shop.localhost"]) {
    const there = ["--resolve", `${host}:${securePort}:127.0.0.1`, `https://${host}:${securePort}/`];
    const told = toldIn(await curl("--cacert", root, ...there));
    assert.equal(told.headers.host, `${host}:${securePort}`);
    assert.equal(told.headers["x-forwarded-proto"], "https");
    assert.equal(await codeOf(...there), NOT_TRUSTED, host);
  }
  const elsewhere = [
    "--resolve",
    `shop.example:${securePort}:127.0.0.1`,
    `https://shop.example:${securePort}/`,
  ];
  assert.equal(await codeOf("--cacert", root, ...elsewhere), NOT_TRUSTED);
});

test("curl speaks TLS 1.2 and 1.3, and is refused with less, and below what a listener demands", async () => {
  await using origin = await tellingOrigin();
  await using scene = await peerScene([origin.port]);
  const { root, secure } = scene;
  for (const [args, spoken] of [
    [["--tlsv1.2", "--tls-max", "1.2"], "TLSv1.2"],
    [["--tlsv1.3"], "TLSv1.3"],
  ] as const) {
    const { stderr } = await ran("curl", ["-sSv", "-o", "/dev/null", "--cacert", root, ...args, secure]);
    assert.match(stderr, new RegExp(`SSL connection using ${spoken} `));
  }
  // The client itself has to be talked into what is so old.
  const old = ["--tlsv1.1", "--tls-max", "1.1", "--ciphers", "DEFAULT:@SECLEVEL=0"];
  assert.equal(await codeOf("--cacert", root, ...old, secure), NO_HANDSHAKE);
  await using strict = await peerScene([origin.port], { tls: { minVersion: "TLSv1.3" } });
  assert.equal(await codeOf("--cacert", strict.root, strict.secure), 0);
  assert.equal(await codeOf("--cacert", strict.root, "--tls-max", "1.2", strict.secure), NO_HANDSHAKE);
});

test("curl is shown the certificate of the name that it asks for, and the first for any other", async () => {
  const folder = await testFolder();
  const authority = await testAuthority();
  const root = await folder.write("authority.pem", authority.root);
  const certificate = async (name: string, names: string[]) =>
    folder.writeCertificate(name, await authority.issue({ names }));
  await using origin = await tellingOrigin();
  await using scene = await peerScene([origin.port], {
    folder,
    tls: {
      certificates: [
        await certificate("first", ["first.example"]),
        await certificate("wild", ["*.shop.example"]),
        await certificate("exact", ["api.shop.example", "shop.example"]),
      ],
    },
  });
  const { securePort } = scene;
  const shown = async (host: string) => {
    const there = ["--resolve", `${host}:${securePort}:127.0.0.1`, `https://${host}:${securePort}/`];
    const { code, stderr } = await ran("curl", ["-sSv", "-o", "/dev/null", "--cacert", root, ...there]);
    return [code, /subject: CN=(\S+)/.exec(stderr)?.[1]];
  };
  assert.deepEqual(await shown("first.example"), [0, "first.example"]);
  assert.deepEqual(await shown("a.shop.example"), [0, "*.shop.example"]);
  assert.deepEqual(await shown("api.shop.example"), [0, "api.shop.example"]);
  assert.deepEqual(await shown("shop.example"), [0, "api.shop.example"]);
  assert.deepEqual(await shown("other.example"), [NOT_TRUSTED, "first.example"]);
  // Without SNI, as for an address, the first is shown.
  assert.equal(await codeOf("--cacert", root, `https://127.0.0.1:${securePort}/`), NOT_TRUSTED);
});

/** Arguments with which curl shows a certificate of an authority that is made for the test. */
async function clientsOf(folder: TestFolder) {
  const authority = await testAuthority("clients");
  const other = await testAuthority("others");
  const shown = async (name: string, by = authority, fromMs = 0, toMs = 0) => {
    const order = { names: ["user@shop.example"].slice(1), commonName: name, usage: "client" as const };
    const times = toMs > 0 ? { fromMs, toMs } : {};
    const { certificateFile, keyFile } = await folder.writeCertificate(
      name,
      await by.issue({ ...order, ...times }),
    );
    return ["--cert", certificateFile, "--key", keyFile];
  };
  const longAgoMs = Date.now() - 10 * 86_400_000;
  return {
    authorityFile: await folder.write("clients.pem", authority.root),
    good: await shown("good"),
    stranger: await shown("stranger", other),
    expired: await shown("expired", authority, longAgoMs, longAgoMs + 86_400_000),
  };
}

test("curl's certificate is told to the service; without a valid one curl is refused, where it is required", async () => {
  const folder = await testFolder();
  const { authorityFile, good, stranger, expired } = await clientsOf(folder);
  await using origin = await tellingOrigin();
  await using scene = await peerScene([origin.port], { folder, tls: { clients: { authorityFile } } });
  const trusting = ["--cacert", scene.root];
  for (const version of ["--http1.1", "--http2", "--tls-max 1.2"]) {
    const how = [...trusting, ...version.split(" ")];
    const forged = ["-H", "X-Client-Verify: FAILED", "-H", "Client-Cert: :Zm9yZ2Vk:"];
    const { headers } = toldIn(await curl(...how, ...good, ...forged, scene.secure));
    assert.equal(headers["x-client-verify"], "SUCCESS", version);
    assert.match(String(headers["x-forwarded-client-cert"]), /^Hash=[0-9a-f]{64};Subject="CN=good"/, version);
    assert.match(String(headers["client-cert"]), /^:MII[A-Za-z0-9+/=]+:$/, version);
    for (const bad of [[], stranger, expired]) {
      // With TLS 1.3 a client hears of it behind the handshake: how curl tells that depends on what it does just then.
      assert.notEqual(await codeOf(...how, ...bad, scene.secure), 0, `${version} ${bad[1]}`);
    }
  }
});

test("where curl's certificate is not required, the service is told what there is of it", async () => {
  const folder = await testFolder();
  const { authorityFile, good, stranger, expired } = await clientsOf(folder);
  await using origin = await tellingOrigin();
  const clients = { authorityFile, required: false };
  await using scene = await peerScene([origin.port], { folder, tls: { clients } });
  const verdict = async (...how: string[]) =>
    toldIn(await curl("--cacert", scene.root, ...how, scene.secure)).headers["x-client-verify"];
  assert.equal(await verdict(...good), "SUCCESS");
  assert.equal(await verdict(), "NONE");
  assert.match(String(await verdict(...stranger)), /^FAILED:UNABLE_TO_/);
  assert.equal(await verdict(...expired), "FAILED:CERT_HAS_EXPIRED");
  // In plain text there is nothing to tell, and what a client says of itself is taken away.
  const { headers } = toldIn(await curl("-H", "X-Client-Verify: SUCCESS", scene.plain));
  assert.equal(headers["x-client-verify"], undefined);
});

test("curl as a proxy that speaks PROXY is believed, over TLS and not, and one that does not is cut off", async () => {
  await using origin = await tellingOrigin();
  await using scene = await peerScene([origin.port], { listener: { acceptProxy: true } });
  const from = ["--interface", "127.0.0.9"];
  for (const [args, url] of [
    [["--http1.1"], scene.plain],
    [["--http1.1", "--cacert", scene.root], scene.secure],
    [["--http2", "--cacert", scene.root], scene.secure],
    [["--http2-prior-knowledge"], scene.plain],
  ] as const) {
    const told = toldIn(await curl("--haproxy-protocol", ...from, ...args, url));
    assert.equal(told.headers["x-forwarded-for"], "127.0.0.9");
    assert.notEqual(await codeOf(...from, ...args, url), 0);
  }
  await using other = await peerScene([origin.port]);
  assert.equal(await curl("--haproxy-protocol", "-o", "/dev/null", "-w", "%{http_code}", other.plain), "400");
});
