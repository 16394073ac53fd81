import assert from "node:assert/strict";
import { test } from "node:test";
import { http2Origin } from "../http2/testing/scene.ts";
import { httpOrigin } from "../testing/servers.ts";
import { output } from "./testing/program.ts";
import { endpointsAt, type PeerScene, peerScene } from "./testing/scene.ts";

const REQUESTS = 3_000;

/** Runs h2load, and holds that all of its requests were answered with 2xx. Resolves with what it wrote. */
async function loaded(...args: string[]): Promise<string> {
  const text = await output("h2load", ["-n", String(REQUESTS), ...args]);
  const counted = `${REQUESTS} total, ${REQUESTS} started, ${REQUESTS} done, ${REQUESTS} succeeded, 0 failed, 0 errored, 0 timeout`;
  assert.ok(text.includes(`requests: ${counted}\n`), text);
  assert.match(text, new RegExp(`^status codes: ${REQUESTS} 2xx, 0 3xx, 0 4xx, 0 5xx$`, "m"));
  return text;
}

/** Ten clients: many streams of each, one after the other, or as HTTP/1.1. */
async function loadedEachWay({ plain, secure }: PeerScene, more: readonly string[] = []): Promise<void> {
  for (const url of [plain, secure]) {
    const many = await loaded("-c", "10", "-m", "50", ...more, url);
    assert.match(many, /^Application protocol: h2c?$/m);
    if (url === secure) assert.match(many, /^TLS Protocol: TLSv1\.3$/m);
    await loaded("-c", "10", "-m", "1", ...more, url);
    assert.match(await loaded("--h1", "-c", "10", ...more, url), /^Application protocol: http\/1\.1$/m);
  }
}

test(`${REQUESTS} requests of h2load are answered, in each version, over TLS and not`, async () => {
  await using origin = await httpOrigin((_, response) => response.end("a hundred bytes".repeat(7)));
  await using scene = await peerScene([origin.port]);
  await loadedEachWay(scene);
});

test(`${REQUESTS} uploads of h2load are answered, with bodies beyond a stream's first window`, async () => {
  let sizeBytes = 0;
  await using origin = await httpOrigin((incoming, response) => {
    incoming.on("data", (chunk: Buffer) => {
      sizeBytes += chunk.length;
    });
    incoming.on("end", () => response.end("taken"));
  });
  await using scene = await peerScene([origin.port]);
  const body = await scene.folder.write("body", "x".repeat(70_000));
  await loaded("-c", "4", "-m", "10", "-d", body, scene.plain);
  assert.equal(sizeBytes, REQUESTS * 70_000);
});

test(`${REQUESTS} requests of h2load go on to an upstream of HTTP/2`, async () => {
  await using origin = await http2Origin((stream) => {
    stream.respond({ ":status": 200 });
    stream.end("a hundred bytes".repeat(7));
  });
  await using scene = await peerScene(endpointsAt([origin.port], { protocol: "http2" }));
  await loadedEachWay(scene);
});

test("answers of 100 KB to many streams at once come whole", async () => {
  const body = Buffer.alloc(100_000, "z");
  await using origin = await httpOrigin((_, response) => response.end(body));
  await using scene = await peerScene([origin.port]);
  for (const url of [scene.plain, scene.secure]) {
    const text = await loaded("-c", "4", "-m", "20", "-w", "16", "-W", "18", url);
    assert.match(text, new RegExp(`\\(${REQUESTS * body.length}\\) data$`, "m"));
  }
});
