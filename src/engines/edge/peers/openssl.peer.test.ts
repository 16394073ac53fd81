import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { startEdge } from "../edge.ts";
import { testAuthority, testFolder } from "../tls/testing/test-authority.ts";
import { freePort, ran, startServer } from "./testing/program.ts";
import { endpointsAt, type PeerScene, peerScene, tellingOrigin } from "./testing/scene.ts";

const GET = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/** What openssl's client says of a connection, having asked for a page there; and whether it had agreed on anything. */
async function client(port: number, args: readonly string[]): Promise<{ agreed: boolean; said: string }> {
  const all = ["s_client", "-connect", `127.0.0.1:${port}`, "-ign_eof", ...args];
  const { code, stdout, stderr } = await ran("openssl", all, GET);
  return { agreed: code === 0, said: stdout + stderr };
}

/** Arguments for a scene's own names. */
function trusting({ root }: PeerScene): string[] {
  return [
    "-CAfile",
    root,
    "-verify_return_error",
    "-servername",
    "localhost",
    "-verify_hostname",
    "localhost",
  ];
}

test("openssl agrees on TLS 1.2 and 1.3 with forward secrecy, and on nothing less", async () => {
  await using origin = await tellingOrigin();
  await using scene = await peerScene([origin.port]);
  const { securePort } = scene;
  const all = trusting(scene);
  for (const [args, spoken] of [
    [["-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256"], "TLSv1.3, Cipher is TLS_AES_128_GCM_SHA256"],
    [
      ["-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"],
      "TLSv1.3, Cipher is TLS_CHACHA20_POLY1305_SHA256",
    ],
    [
      ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384"],
      "TLSv1.2, Cipher is ECDHE-ECDSA-AES256-GCM-SHA384",
    ],
    [
      ["-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"],
      "TLSv1.2, Cipher is ECDHE-ECDSA-CHACHA20-POLY1305",
    ],
    [["-tls1_3", "-groups", "X25519"], "Server Temp Key: X25519"],
    [["-tls1_3", "-groups", "P-256"], "Server Temp Key: ECDH, prime256v1"],
  ] as const) {
    const { agreed, said } = await client(securePort, [...all, ...args]);
    assert.ok(agreed && said.includes(spoken), `${args.join(" ")}: ${said}`);
    assert.match(said, /Verify return code: 0 \(ok\)/);
    assert.match(said, /HTTP\/1\.1 200 OK/);
  }
  // The client itself has to be talked into some of these.
  const lax = [...all, "-cipher", "ALL:@SECLEVEL=0"];
  for (const args of [
    [...lax, "-tls1_1"],
    [...lax, "-tls1"],
    [...all, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"],
    [...all, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256"],
    [...all, "-tls1_2", "-cipher", "AES128-GCM-SHA256"],
    [...all, "-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256"],
    [...all, "-tls1_2", "-cipher", "ADH-AES128-GCM-SHA256:@SECLEVEL=0"],
    [...all, "-alpn", "spdy/3"],
  ]) {
    const { agreed, said } = await client(securePort, args);
    assert.equal(agreed, false, args.join(" "));
    // It was the edge that said no, not this machine's openssl to itself.
    assert.match(
      said,
      /alert (?:protocol version|handshake failure|no application protocol)/,
      args.join(" "),
    );
  }
});

test("openssl's ALPN is answered with the edge's favourite, and compression and renegotiation with nothing", async () => {
  await using origin = await tellingOrigin();
  await using scene = await peerScene([origin.port]);
  const { securePort } = scene;
  for (const [offered, taken] of [
    ["http/1.1,h2", "h2"],
    ["http/1.1", "http/1.1"],
    ["spdy/3,http/1.1", "http/1.1"],
  ] as const) {
    const { stdout } = await ran("openssl", [
      ...["s_client", "-connect", `127.0.0.1:${securePort}`, "-alpn", offered],
      ...trusting(scene),
    ]);
    assert.ok(stdout.includes(`ALPN protocol: ${taken}\n`), stdout);
  }
  const { said } = await client(securePort, [...trusting(scene), "-tls1_2", "-comp"]);
  assert.match(said, /Compression: NONE/);
  assert.match(said, /Secure Renegotiation IS supported/);
  // A line that begins with R asks openssl's client to negotiate anew.
  const renegotiating = await ran(
    "openssl",
    ["s_client", "-connect", `127.0.0.1:${securePort}`, "-tls1_2", ...trusting(scene)],
    "R\n",
  );
  assert.notEqual(renegotiating.code, 0);
  assert.match(renegotiating.stderr, /RENEGOTIATING[\s\S]*(?:no renegotiation|unexpected eof|closed|reset)/i);
});

test("openssl resumes its sessions, of TLS 1.2 and 1.3", async () => {
  await using origin = await tellingOrigin();
  await using scene = await peerScene([origin.port]);
  const { securePort, folder } = scene;
  for (const version of ["-tls1_2", "-tls1_3"]) {
    const session = join(folder.path, `session${version}`);
    const all = [...trusting(scene), version];
    const first = await client(securePort, [...all, "-sess_out", session]);
    assert.match(first.said, /^New, TLSv1\.[23], /m);
    const second = await client(securePort, [...all, "-sess_in", session]);
    assert.match(second.said, /^Reused, TLSv1\.[23], /m, version);
    assert.match(second.said, /HTTP\/1\.1 200 OK/, version);
  }
  await using fresh = await peerScene([origin.port], { tls: { sessionMs: 0 } });
  const session = join(fresh.folder.path, "session");
  const all = [...trusting(fresh), "-tls1_2"];
  await client(fresh.securePort, [...all, "-sess_out", session]);
  const again = await client(fresh.securePort, [...all, "-sess_in", session]);
  assert.doesNotMatch(again.said, /^Reused/m);
});

test("by the name that openssl asks for it is passed on to a server of openssl, which ends TLS itself", async () => {
  await using folder = await testFolder();
  const authority = await testAuthority();
  const root = await folder.write("authority.pem", authority.root);
  const servers: { name: string; port: number }[] = [];
  await using running = new AsyncDisposableStack();
  for (const name of ["one.example", "two.example", "other.example"]) {
    const port = await freePort();
    const { certificateFile, keyFile } = await folder.writeCertificate(
      name,
      await authority.issue({ names: [name] }),
    );
    const args = [
      "s_server",
      "-accept",
      `127.0.0.1:${port}`,
      "-cert",
      certificateFile,
      "-key",
      keyFile,
      "-www",
    ];
    running.use(await startServer("openssl", args, [port]));
    servers.push({ name, port });
  }
  await using edge = await startEdge({
    listeners: [
      {
        kind: "tcp",
        host: "127.0.0.1",
        port: 0,
        to: "other.example",
        servers: [
          { names: ["one.example"], to: "one.example" },
          { names: ["*.two.example", "two.example"], to: "two.example" },
        ],
      },
    ],
    upstreams: Object.fromEntries(servers.map(({ name, port }) => [name, endpointsAt([port])])),
  });
  const shown = async (args: string[]) => {
    const { said } = await client(edge.port, ["-CAfile", root, ...args]);
    assert.match(said, /HTTP\/1\.0 200 ok/i, args.join(" "));
    return /subject=CN ?= ?(\S+)/.exec(said)?.[1];
  };
  for (const version of ["-tls1_2", "-tls1_3"]) {
    assert.equal(await shown([version, "-servername", "one.example"]), "one.example");
    assert.equal(await shown([version, "-servername", "two.example"]), "two.example");
    assert.equal(await shown([version, "-servername", "a.two.example"]), "two.example");
    assert.equal(await shown([version, "-servername", "three.example"]), "other.example");
    assert.equal(await shown([version, "-noservername"]), "other.example");
  }
});
