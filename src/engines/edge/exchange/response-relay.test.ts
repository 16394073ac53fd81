import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "../../../blocks/time/index.ts";
import { http2Origin } from "../http2/testing/scene.ts";
import { edgeFor, RawClient, turns } from "../testing/servers.ts";

test("an answer over HTTP/2 that has all its bytes and does not end is given up, and not kept for ever", async () => {
  const clock = new SimulatedClock();
  await using origin = await http2Origin((stream) => {
    stream.respond({ ":status": 200, "content-length": "2" });
    stream.write("ok");
  });
  await using edge = await edgeFor([origin.port], { upstream: { protocol: "http2" } }, { clock });
  await using client = new RawClient(edge.port);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await client.until(/ok$/);
  const inFlight = () => edge.reading().upstreams[0]?.endpoints[0]?.inFlight;
  assert.equal(inFlight(), 1);
  await clock.advance(62_000);
  await turns(10);
  assert.equal(inFlight(), 0);
  await client.toEnd();
});
