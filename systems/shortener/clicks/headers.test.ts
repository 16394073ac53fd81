import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DEVICES, type Device, deviceOf } from "./device.ts";
import { DIRECT, OTHER, referrerOf } from "./referrer.ts";

const AGENTS: readonly (readonly [Device, string])[] = [
  [
    "desktop",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
  ],
  [
    "desktop",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
  ],
  ["desktop", "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"],
  ["desktop", "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36"],
  [
    "phone",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
  ],
  [
    "phone",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36",
  ],
  [
    "tablet",
    "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1 Mobile/15E148 Safari/604.1",
  ],
  [
    "tablet",
    "Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
  ],
  ["bot", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"],
  ["bot", "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) Mobile Safari/537.36 (compatible; bingbot/2.0)"],
  ["bot", "facebookexternalhit/1.1"],
  ["bot", "curl/8.5.0"],
  ["bot", "python-requests/2.32.0"],
  ["bot", "Go-http-client/2.0"],
  ["other", "SomethingElse/1.0"],
  ["other", ""],
];

test("the agents that most clicks come from are told apart", () => {
  for (const [device, agent] of AGENTS) assert.equal(deviceOf(agent), device, agent);
  assert.equal(deviceOf(undefined), "other");
});

test("whatever stands in the header is some device, and some referrer of a bounded length", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 2_000 }), (header) => {
      assert.ok(DEVICES.includes(deviceOf(header)));
      assert.ok(referrerOf(header).length <= 253);
    }),
  );
});

test("of a referrer only the host is kept", () => {
  assert.equal(referrerOf("https://www.News.example:8443/private?token=1"), "news.example");
  assert.equal(referrerOf("android-app://com.example.reader/"), "com.example.reader");
  assert.equal(referrerOf(undefined), DIRECT);
  assert.equal(referrerOf("nonsense"), OTHER);
  assert.equal(referrerOf("about:blank"), OTHER);
});
