import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { type TestFolder, testAuthority, testFolder } from "../tls/testing/test-authority.ts";
import { startNginx } from "./testing/neighbours.ts";
import { freePort, output, ran } from "./testing/program.ts";
import {
  endpointsAt,
  type PeerScene,
  peerScene,
  sha256,
  someBytes,
  tellingOrigin,
  toldIn,
} from "./testing/scene.ts";

const CLIENT = "127.0.0.9";

function curl(...args: string[]): Promise<string> {
  return output("curl", ["-sS", "--max-time", "10", ...args]);
}

/** A folder with files for nginx to serve, a certificate for it, and the authority behind that. */
async function nginxFolder() {
  const folder = await testFolder();
  const authority = await testAuthority();
  const { certificateFile, keyFile } = await folder.writeCertificate(
    "nginx",
    await authority.issue({ names: ["nginx.internal"] }),
  );
  const clients = await folder.writeCertificate(
    "edge",
    await authority.issue({ commonName: "the edge", usage: "client" }),
  );
  const authorityFile = await folder.write("authority.pem", authority.root);
  await mkdir(join(folder.path, "files"));
  return {
    folder,
    authorityFile,
    clients,
    ssl: `ssl_certificate ${certificateFile}; ssl_certificate_key ${keyFile};`,
    root: `root ${join(folder.path, "files")};`,
  };
}

/** A file for nginx to serve. */
async function serve(folder: TestFolder, name: string, bytes: Buffer | string): Promise<void> {
  await writeFile(join(folder.path, "files", name), bytes);
}

/** The ways in which curl asks. */
function ways({ plain, secure, root }: PeerScene) {
  return [
    { args: ["--http1.1"], url: plain },
    { args: ["--http2", "--cacert", root], url: secure },
  ];
}

test("files of nginx come through as they are: ranges, resumed downloads, conditions, and compression untouched", async () => {
  const { folder, root } = await nginxFolder();
  const bytes = someBytes(300_000);
  const text = "compress me, please; ".repeat(2_000);
  await serve(folder, "bytes.bin", bytes);
  await serve(folder, "text.txt", text);
  const port = await freePort();
  await using _nginx = await startNginx(
    folder,
    [port],
    `server { listen 127.0.0.1:${port}; ${root} gzip on; gzip_proxied any; gzip_types text/plain application/octet-stream; }`,
  );
  await using scene = await peerScene([port], { folder });
  for (const { args, url } of ways(scene)) {
    assert.equal(sha256(await curl(...args, `${url}/bytes.bin`)), sha256(bytes));
    for (const [range, wanted] of [
      ["0-0", bytes.subarray(0, 1)],
      ["1000-1999", bytes.subarray(1_000, 2_000)],
      ["-500", bytes.subarray(-500)],
      ["299999-", bytes.subarray(-1)],
    ] as const)
      assert.equal(sha256(await curl(...args, "-r", range, `${url}/bytes.bin`)), sha256(wanted), range);
    const status = ["-o", "/dev/null", "-w", "%{response_code} %header{content-range}"];
    assert.equal(await curl(...args, ...status, "-r", "5-9", `${url}/bytes.bin`), "206 bytes 5-9/300000");
    assert.equal(await curl(...args, ...status, "-r", "300000-", `${url}/bytes.bin`), "416 bytes */300000");
    // Two ranges at once: a body in parts.
    assert.match(
      await curl(...args, "-r", "0-1,4-5", `${url}/text.txt`),
      /Content-Range: bytes 4-5\/42000\r\n\r\nre\r\n/,
    );

    const part = join(folder.path, "part");
    await writeFile(part, bytes.subarray(0, 123_456));
    await curl(...args, "-C", "-", "-o", part, `${url}/bytes.bin`);
    assert.equal(sha256(await output("cat", [part])), sha256(bytes));

    const etag = join(folder.path, "etag");
    await curl(...args, "--etag-save", etag, "-o", "/dev/null", `${url}/text.txt`);
    const again = await curl(...args, "--etag-compare", etag, "-w", "%{response_code}", `${url}/text.txt`);
    assert.equal(again, "304");

    const packed = await curl(...args, "-H", "Accept-Encoding: gzip", `${url}/text.txt`);
    assert.equal(gunzipSync(Buffer.from(packed, "latin1")).toString(), text);
    assert.equal(await curl(...args, "--compressed", `${url}/text.txt`), text);
    assert.match(await curl(...args, "-I", `${url}/bytes.bin`), /content-length: 300000\r\n/i);
  }
});

test("nginx is an upstream over TLS, of HTTP/1.1 and 2, which asks the edge for its certificate", async () => {
  const { folder, authorityFile, clients, ssl } = await nginxFolder();
  const [h1 = 0, h2 = 0, plain2 = 0] = await Promise.all([1, 2, 3].map(freePort));
  const demanding = `ssl_client_certificate ${authorityFile}; ssl_verify_client on;`;
  const answer = `location / { return 200 "$server_protocol $ssl_server_name $ssl_client_verify $ssl_client_s_dn"; }`;
  await using _nginx = await startNginx(
    folder,
    [h1, h2, plain2],
    `
  server { listen 127.0.0.1:${h1} ssl; ${ssl} ${demanding} ${answer} }
  server { listen 127.0.0.1:${h2} ssl http2; ${ssl} ${demanding} ${answer} }
  server { listen 127.0.0.1:${plain2} http2; ${answer} }`,
  );
  const tls = { serverName: "nginx.internal", authorityFile, certificate: clients };
  const anonymous = { serverName: "nginx.internal", authorityFile };
  const upstreams = {
    h2: endpointsAt([h2], { tls, protocol: "http2" }),
    plain2: endpointsAt([plain2], { protocol: "http2" }),
    anonymous: endpointsAt([h1], { tls: anonymous }),
    untrusted: endpointsAt([h1], { tls: { ...tls, serverName: "other.internal" } }),
    mistaken: endpointsAt([h1], { tls, protocol: "http2" }),
  };
  await using scene = await peerScene(endpointsAt([h1], { tls }), {
    folder,
    upstreams,
    listener: {
      routes: ["service", ...Object.keys(upstreams)].map((to) => ({ path: `/${to}` as const, to })),
    },
  });
  for (const { args, url } of ways(scene)) {
    for (let turn = 0; turn < 2; turn++) {
      assert.equal(await curl(...args, `${url}/service`), "HTTP/1.1 nginx.internal SUCCESS CN=the edge");
      assert.equal(await curl(...args, `${url}/h2`), "HTTP/2.0 nginx.internal SUCCESS CN=the edge");
      assert.equal(await curl(...args, `${url}/plain2`), "HTTP/2.0   ");
    }
    const status = ["-o", "/dev/null", "-w", "%{response_code}"];
    // nginx's own answer to a client without a certificate.
    assert.equal(await curl(...args, ...status, `${url}/anonymous`), "400");
    assert.match(await curl(...args, ...status, `${url}/untrusted`), /^50[23]$/);
    assert.match(await curl(...args, ...status, `${url}/mistaken`), /^50[23]$/);
  }
});

test("the edge tells nginx the client by PROXY, in versions 1 and 2, from HTTP and TCP listeners", async () => {
  const folder = await testFolder();
  const [port = 0, tcpPort = 0] = await Promise.all([1, 2].map(freePort));
  await using _nginx = await startNginx(
    folder,
    [port],
    `server { listen 127.0.0.1:${port} proxy_protocol; location / { return 200 "$proxy_protocol_addr"; } }`,
  );
  for (const sendProxy of ["v1", "v2"] as const) {
    await using scene = await peerScene(endpointsAt([port], { sendProxy }), {
      listeners: [{ kind: "tcp", host: "127.0.0.1", port: tcpPort, to: "service" }],
    });
    for (const { args, url } of ways(scene))
      assert.equal(await curl("--interface", CLIENT, ...args, url), CLIENT, sendProxy);
    assert.equal(await curl("--interface", CLIENT, `http://127.0.0.1:${tcpPort}/`), CLIENT, sendProxy);
  }
  await folder[Symbol.asyncDispose]();
});

test("nginx before the edge is a client as any other: over TLS that it checks, and trusted in what it says", async () => {
  await using origin = await tellingOrigin();
  await using scene = await peerScene([origin.port], { listener: { trustedHops: 1 } });
  const [plain = 0, secure = 0] = await Promise.all([1, 2].map(freePort));
  const said =
    "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header Host shop.localhost;";
  await using _nginx = await startNginx(
    scene.folder,
    [plain, secure],
    `
  upstream edge { server 127.0.0.1:${scene.plainPort}; keepalive 4; }
  client_max_body_size 8m; proxy_http_version 1.1;
  server { listen 127.0.0.1:${plain}; location / { proxy_pass http://edge; proxy_set_header Connection ""; ${said} } }
  server { listen 127.0.0.1:${secure}; location / {
    proxy_pass https://127.0.0.1:${scene.securePort}; ${said}
    proxy_ssl_verify on; proxy_ssl_trusted_certificate ${scene.root}; proxy_ssl_name shop.localhost;
    proxy_ssl_server_name on; proxy_ssl_session_reuse on; } }`,
  );
  const file = join(scene.folder.path, "body");
  const body = someBytes(2_000_000);
  await writeFile(file, body);
  for (const port of [plain, secure]) {
    for (let turn = 0; turn < 3; turn++) {
      const args = ["--interface", CLIENT, "--data-binary", `@${file}`, `http://127.0.0.1:${port}/up?load`];
      const told = toldIn(await curl(...args));
      assert.equal(told.sha256, sha256(body));
      assert.equal(told.headers["x-forwarded-for"], `${CLIENT}, 127.0.0.1`);
      assert.equal(told.headers.host, "shop.localhost");
    }
  }
  assert.equal((await ran("curl", ["-sS", "-X", "DELETE", `http://127.0.0.1:${plain}/`])).code, 0);
});
