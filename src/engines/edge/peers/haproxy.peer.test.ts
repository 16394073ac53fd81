import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { httpOrigin } from "../testing/servers.ts";
import { testAuthority, testFolder } from "../tls/testing/test-authority.ts";
import { startHaproxy } from "./testing/neighbours.ts";
import { freePort, output } from "./testing/program.ts";
import { endpointsAt, peerScene, sha256, someBytes, tellingOrigin, toldIn } from "./testing/scene.ts";

/** Whom the edge is to hear of: an address of loopback that nobody else here uses. */
const CLIENT = "127.0.0.9";

/** Asks as that client. */
function curl(...args: string[]): Promise<string> {
  return output("curl", ["-sS", "--max-time", "10", "--interface", CLIENT, ...args]);
}

/** A server of HAProxy that answers with what it knows of the connection. */
function answering(lines: string): string {
  return `
  ${lines}
  http-request return status 200 content-type text/plain lf-string "%[src] %[fc_rcvd_proxy] %[req.ver] %[req.hdr(x-forwarded-for)]"`;
}

test("HAProxy before the edge tells it the client, in versions 1 and 2 of PROXY, with all that it can add", async () => {
  await using origin = await tellingOrigin();
  await using scene = await peerScene([origin.port], { listener: { acceptProxy: true } });
  const { plainPort, securePort, root } = scene;
  const servers = [
    `127.0.0.1:${plainPort} send-proxy`,
    `127.0.0.1:${plainPort} send-proxy-v2`,
    `127.0.0.1:${plainPort} send-proxy-v2 proxy-v2-options crc32c,unique-id,authority`,
    `127.0.0.1:${plainPort} send-proxy-v2-ssl proto h2`,
    `127.0.0.1:${securePort} send-proxy ssl verify required ca-file ${root} sni str(localhost) verifyhost localhost`,
    `127.0.0.1:${securePort} send-proxy-v2 ssl verify required ca-file ${root} sni str(localhost) alpn h2`,
  ];
  const ports = await Promise.all(servers.map(freePort));
  const sections = servers.map(
    (server, at) => `
listen way${at}
  bind 127.0.0.1:${ports[at]}
  unique-id-format %{+X}o\\ %ci:%cp_%fi:%fp_%Ts_%rt:%pid
  server edge ${server}`,
  );
  await using _haproxy = await startHaproxy(scene.folder, ports, sections.join("\n"));
  for (const [at, port] of ports.entries()) {
    for (let turn = 0; turn < 2; turn++) {
      const told = toldIn(await curl(`http://127.0.0.1:${port}/`));
      assert.equal(told.headers["x-forwarded-for"], CLIENT, servers[at]);
      assert.equal(told.headers["x-forwarded-proto"], servers[at]?.includes(" ssl ") ? "https" : "http");
    }
  }
});

test("HAProxy's health checks, which speak for nobody (LOCAL), are answered too", async () => {
  let checks = 0;
  const { promise: checked, resolve } = Promise.withResolvers<void>();
  await using origin = await httpOrigin((incoming, response) => {
    // Nobody is told of but HAProxy itself.
    if (incoming.url === "/healthz" && incoming.headers["x-forwarded-for"] === "127.0.0.1") checks += 1;
    if (checks === 5) resolve();
    response.end(incoming.url);
  });
  await using scene = await peerScene([origin.port], { listener: { acceptProxy: true } });
  const port = await freePort();
  await using _haproxy = await startHaproxy(
    scene.folder,
    [port],
    `
listen checked
  bind 127.0.0.1:${port}
  option httpchk
  http-check send meth GET uri /healthz ver HTTP/1.1 hdr Host edge
  timeout check 3s
  server edge 127.0.0.1:${scene.plainPort} send-proxy-v2 check inter 100ms rise 1 fall 1`,
  );
  await checked;
  // A check that failed would have taken the only server out.
  assert.equal(await curl(`http://127.0.0.1:${port}/there`), "/there");
});

test("the edge tells HAProxy the client, in versions 1 and 2, in plain text, over TLS, and from a TCP listener", async () => {
  const folder = await testFolder();
  const authority = await testAuthority();
  const { certificate, key } = await authority.issue({ names: ["haproxy.internal"] });
  const pair = await folder.write("pair.pem", `${certificate}${key}`);
  const tls = {
    serverName: "haproxy.internal",
    authorityFile: await folder.write("authority.pem", authority.root),
  };
  const [h1 = 0, tls1 = 0, port = 0] = await Promise.all([1, 2, 3].map(freePort));
  await using _haproxy = await startHaproxy(
    folder,
    [h1, tls1],
    [
      ["h1", `bind 127.0.0.1:${h1} accept-proxy`],
      ["tls1", `bind 127.0.0.1:${tls1} accept-proxy ssl crt ${pair} alpn http/1.1`],
    ]
      .map(([name, bind]) => `\nfrontend ${name}${answering(bind ?? "")}`)
      .join("\n"),
  );
  for (const sendProxy of ["v1", "v2"] as const) {
    const names = ["service", "tls1"];
    await using scene = await peerScene(endpointsAt([h1], { sendProxy }), {
      upstreams: { tls1: endpointsAt([tls1], { sendProxy, tls }) },
      listener: { routes: names.map((to) => ({ path: `/${to}` as const, to })) },
      listeners: [{ kind: "tcp", host: "127.0.0.1", port, to: "service" }],
    });
    for (const name of names) {
      for (const url of [scene.plain, scene.secure]) {
        const said = await curl("--cacert", scene.root, `${url}/${name}`);
        assert.equal(said, `${CLIENT} 1 1.1 ${CLIENT}`, `${sendProxy} ${name}`);
      }
    }
    // Through a TCP listener, where nothing else could tell.
    assert.equal(await curl(`http://127.0.0.1:${port}/`), `${CLIENT} 1 1.1 `, sendProxy);
  }
  await folder[Symbol.asyncDispose]();
});

test("the edge's connections to a service that is told of clients are not shared by them", async () => {
  const folder = await testFolder();
  const port = await freePort();
  await using _haproxy = await startHaproxy(
    folder,
    [port],
    `\nfrontend h1${answering(`bind 127.0.0.1:${port} accept-proxy`)}`,
  );
  await using scene = await peerScene(endpointsAt([port], { sendProxy: "v2" }), { folder });
  for (const client of ["127.0.0.21", "127.0.0.22", "127.0.0.21", "127.0.0.23"]) {
    const args = ["-sS", "--interface", client, `${scene.plain}/[1-2]`];
    assert.equal(await output("curl", args), `${client} 1 1.1 ${client}`.repeat(2));
  }
});

test("HAProxy and the edge speak HTTP/2 with each other, whichever is in front, with bodies both ways", async () => {
  const body = someBytes(3 * 1024 * 1024);
  await using origin = await httpOrigin((incoming, response) => incoming.pipe(response));
  const folder = await testFolder();
  const [front = 0, back = 0] = await Promise.all([1, 2].map(freePort));
  await using scene = await peerScene(endpointsAt([back], { protocol: "http2" }), { folder });
  await using _haproxy = await startHaproxy(
    folder,
    [front, back],
    `
listen front
  bind 127.0.0.1:${front}
  server edge 127.0.0.1:${scene.plainPort} proto h2
listen back
  bind 127.0.0.1:${back} proto h2
  server origin 127.0.0.1:${origin.port}`,
  );
  const file = join(folder.path, "body");
  await writeFile(file, body);
  for (let turn = 0; turn < 3; turn++) {
    const came = await output("curl", ["-sS", "--data-binary", `@${file}`, `http://127.0.0.1:${front}/`]);
    assert.equal(sha256(came), sha256(body));
  }
});
