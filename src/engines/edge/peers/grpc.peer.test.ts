import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { credentials, ServerCredentials, type ServiceError, status } from "@grpc/grpc-js";
import type { UpstreamTlsConfig } from "../config/index.ts";
import { testAuthority, testFolder } from "../tls/testing/test-authority.ts";
import { EchoClient, type EchoServer, echoServer } from "./testing/grpc-echo.ts";
import { endpointsAt, type PeerScene, peerScene } from "./testing/scene.ts";

const MIB = 1024 * 1024;

/** Servers of gRPC, an edge before them, and clients by each way: `plain` and over TLS. */
interface GrpcScene extends AsyncDisposable {
  readonly servers: readonly EchoServer[];
  readonly scene: PeerScene;
  eachWay(visit: (client: EchoClient, way: string) => Promise<void>): Promise<void>;
}

/** `secured`: whether the servers speak TLS. */
async function grpcScene({ secured = false, servers: count = 1 } = {}): Promise<GrpcScene> {
  const folder = await testFolder();
  const authority = await testAuthority();
  const { certificate, key } = await authority.issue({ names: ["echo.internal"] });
  const pair = { cert_chain: Buffer.from(certificate), private_key: Buffer.from(key) };
  const servers: EchoServer[] = [];
  for (let at = 1; at <= count; at++) {
    const spoken = secured ? ServerCredentials.createSsl(null, [pair]) : ServerCredentials.createInsecure();
    servers.push(await echoServer(spoken, String(at)));
  }
  const authorityFile = await folder.write("authority.pem", authority.root);
  const tls: UpstreamTlsConfig = { serverName: "echo.internal", authorityFile };
  const upstream = endpointsAt(
    servers.map(({ port }) => port),
    { protocol: "http2", ...(secured ? { tls } : {}) },
  );
  const scene = await peerScene(upstream, { folder, limits: { bodyBytes: 64 * MIB } });
  const root = await readFile(scene.root);
  return {
    servers,
    scene,
    async eachWay(visit) {
      using plain = new EchoClient(`localhost:${scene.plainPort}`);
      await visit(plain, "plain");
      using secure = new EchoClient(`localhost:${scene.securePort}`, credentials.createSsl(root));
      await visit(secure, "TLS");
    },
    async [Symbol.asyncDispose]() {
      for (const server of servers) server.kill();
      await scene[Symbol.asyncDispose]();
    },
  };
}

for (const secured of [false, true]) {
  const there = secured ? "over TLS" : "in plain text";

  test(`with a server ${there}: unary calls, their metadata, trailers and statuses`, async () => {
    await using it = await grpcScene({ secured });
    await it.eachWay(async (client, way) => {
      const { code, message, initial, metadata } = await client.unary("hello", {
        metadata: { "x-said": "hi" },
      });
      assert.deepEqual([code, String(message)], [status.OK, "hello"], way);
      assert.deepEqual(initial?.get("x-heard"), ["hi"], way);
      assert.deepEqual(metadata.get("x-server"), ["1"], way);
      assert.deepEqual(metadata.get("x-bytes-bin"), [Buffer.from([0, 1, 254, 255])], way);
      for (const wanted of [1, 3, 5, 7, 8, 9, 10, 13, 14, 16]) {
        const failed = await client.unary(`fail ${wanted}`);
        assert.deepEqual([failed.code, failed.details], [wanted, "müde, 100 %"], way);
        assert.deepEqual(failed.metadata.get("x-server"), ["1"], way);
      }
    });
  });

  test(`with a server ${there}: streams up, down and both ways, whatever their size`, async () => {
    await using it = await grpcScene({ secured });
    await it.eachWay(async (client, way) => {
      const messages = Array.from({ length: 300 }, (_, at) => Buffer.alloc(at * 100, at));
      const sizeBytes = messages.reduce((sum, { length }) => sum + length, 0);
      assert.equal(await client.upload(messages), String(sizeBytes), way);

      let count = 0;
      for await (const message of client.download("500 20000")) {
        assert.ok((message as Buffer).equals(Buffer.alloc(20_000, count)), `${way}: message ${count}`);
        count += 1;
      }
      assert.equal(count, 500, way);

      // Each message is answered before the next is sent: nothing on the way may wait for more.
      const chat = client.chat();
      for (let at = 0; at < 20; at++) {
        chat.write(Buffer.from(`message ${at}`));
        assert.equal(String((await once(chat, "data"))[0]), `re: message ${at}`, way);
      }
      chat.end();
      const [ended] = (await once(chat, "status")) as [ServiceError];
      assert.equal(ended.code, status.OK, way);
    });
  });
}

test("messages of 12 MB go both ways, and many calls at once", async () => {
  await using it = await grpcScene();
  await it.eachWay(async (client, way) => {
    const large = Buffer.alloc(12 * MIB, "x");
    const { code, message } = await client.unary(large);
    assert.equal(code, status.OK, way);
    assert.ok(message?.equals(large), way);
    const calls = Array.from({ length: 300 }, (_, at) => client.unary(`call ${at}`));
    for (const [at, heard] of (await Promise.all(calls)).entries())
      assert.equal(String(heard.message), `call ${at}`, way);
  });
});

test("the calls of one client's connection are spread over the servers", async () => {
  await using it = await grpcScene({ servers: 2 });
  await it.eachWay(async (client) => {
    for (let at = 0; at < 20; at++) await client.unary("hello");
  });
  assert.deepEqual(
    it.servers.map(({ calls }) => calls),
    [20, 20],
  );
});

test("a deadline reaches the server, and a call that is past it or cancelled is cancelled there", async () => {
  await using it = await grpcScene();
  const [server] = it.servers;
  assert.ok(server);
  await it.eachWay(async (client, way) => {
    const late = server.cancelled();
    const deadline = Date.now() + 300;
    const heard = await client.unary("hello", { name: "Wait", deadline });
    assert.equal(heard.code, status.DEADLINE_EXCEEDED, way);
    const there = Number(await late);
    assert.ok(Math.abs(there - deadline) < 200, `${way}: ${there - deadline} ms off`);

    const waiting = server.waiting();
    const cancelled = server.cancelled();
    const given = client.unary("hello", {
      name: "Wait",
      onCall: (call) => void waiting.then(() => call.cancel()),
    });
    assert.equal((await given).code, status.CANCELLED, way);
    await cancelled;
    assert.equal((await client.unary("hello")).code, status.OK, way);
  });
});

test("a method that is not there is UNIMPLEMENTED, and a server that is not there UNAVAILABLE", async () => {
  await using it = await grpcScene();
  await it.eachWay(async (client, way) => {
    assert.equal((await client.unary("fail 12")).code, status.UNIMPLEMENTED, way);
    assert.equal((await client.unary("hello")).code, status.OK, way);
  });
  it.servers[0]?.kill();
  await it.eachWay(async (client, way) => {
    const { code, details } = await client.unary("hello");
    assert.equal(code, status.UNAVAILABLE, `${way}: ${details}`);
  });
});

test("a stream whose server dies in the middle ends with an error, after all that came", async () => {
  for (const way of ["plain", "TLS"]) {
    await using it = await grpcScene();
    await it.eachWay(async (client, spoken) => {
      if (spoken !== way) return;
      const chat = client.chat();
      const failed = new Promise<ServiceError>((resolve) => chat.on("error", resolve));
      chat.write(Buffer.from("hello"));
      const heard = await new Promise((resolve) => chat.once("data", resolve));
      assert.equal(String(heard), "re: hello");
      it.servers[0]?.kill();
      const { code } = await failed;
      assert.ok([status.UNAVAILABLE, status.INTERNAL].includes(code), `${way}: ${code}`);
    });
  }
});
