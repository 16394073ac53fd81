import assert from "node:assert/strict";
import { test } from "node:test";
import { startEdge } from "./edge.ts";
import { ask, disposable, httpOrigin } from "./testing/servers.ts";

const SAID = [
  "X-Forwarded-For",
  "6.6.6.6, 203.0.113.9",
  "X-Forwarded-For",
  "198.51.100.2",
  "X-Forwarded-Proto",
  "https",
  "X-Forwarded-Host",
  "shop.example.com",
  "Forwarded",
  "for=6.6.6.6, for=203.0.113.9",
  "Forwarded",
  'for=198.51.100.2;host="a,b"',
  "X-Real-IP",
  "6.6.6.6",
  "X-Forwarded-Port",
  "443",
];

for (const [trustedHops, chain, forwarded, proto, extra] of [
  [0, "127.0.0.1", undefined, "http", undefined],
  [1, "198.51.100.2, 127.0.0.1", 'for=198.51.100.2;host="a,b"', "https", "443"],
  [2, "203.0.113.9, 198.51.100.2, 127.0.0.1", 'for=203.0.113.9, for=198.51.100.2;host="a,b"', "https", "443"],
  [
    "all",
    "6.6.6.6, 203.0.113.9, 198.51.100.2, 127.0.0.1",
    'for=6.6.6.6, for=203.0.113.9, for=198.51.100.2;host="a,b"',
    "https",
    "443",
  ],
] as const) {
  test(`with ${trustedHops} trusted hops the service hears of no others, but of the peer always`, async () => {
    let heard: Readonly<Record<string, unknown>> = {};
    await using origin = await httpOrigin((incoming, response) => {
      heard = incoming.headers;
      response.end();
    });
    await using edge = disposable(
      await startEdge({
        listeners: [{ host: "127.0.0.1", port: 0, trustedHops, routes: [{ path: "/*", to: "service" }] }],
        upstreams: { service: { endpoints: [{ id: "service.1", host: "127.0.0.1", port: origin.port }] } },
      }),
    );
    await ask(edge.port, { headers: SAID });
    const host = `127.0.0.1:${edge.port}`;
    assert.equal(heard["x-forwarded-for"], chain);
    assert.equal(heard["x-forwarded-proto"], proto);
    assert.equal(heard["x-forwarded-host"], trustedHops === 0 ? host : "shop.example.com");
    assert.equal(heard["x-forwarded-port"], extra);
    assert.equal(heard.forwarded, forwarded && `${forwarded}, for=127.0.0.1;proto=http;host="${host}"`);
    // Without anything said, the peer is all there is.
    await ask(edge.port);
    assert.deepEqual([heard["x-forwarded-for"], heard.forwarded], ["127.0.0.1", undefined]);
  });
}
