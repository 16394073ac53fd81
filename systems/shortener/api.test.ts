import assert from "node:assert/strict";
import { after, test } from "node:test";
import { ask } from "./testing/api-client.ts";
import { promiseApi } from "./testing/api-promises.ts";
import { startMemoryShortener } from "./testing/memory-shortener.ts";

const shared = await startMemoryShortener();
after(() => shared[Symbol.asyncDispose]());

promiseApi(async () => ({
  origin: shared.origin,
  counted: async () => void (await shared.counter.flush()),
}));

test("a link answers 410 from the moment it expires, from the cache too, and lives again when given more time", async () => {
  await using shortener = await startMemoryShortener();
  const { origin, clock } = shortener;
  const expiresAt = new Date(clock.wallMs() + 60_000).toISOString();
  const { json } = await ask(origin, "/api/links", { body: { url: "https://example.com/", expiresAt } });
  assert.equal(json.expiresAt, expiresAt);
  await clock.advance(59_999);
  assert.equal((await ask(origin, `/${json.code}`)).status, 302);
  await clock.advance(1);
  for (let time = 0; time < 2; time++) {
    const gone = await ask(origin, `/${json.code}`);
    assert.equal(gone.status, 410);
    assert.equal(gone.json.error.code, "LINK_EXPIRED");
  }
  assert.equal((await ask(origin, `/api/links/${json.code}`)).status, 200);
  const later = { expiresAt: new Date(clock.wallMs() + 60_000).toISOString() };
  await ask(origin, `/api/links/${json.code}`, { method: "PATCH", body: later });
  assert.equal((await ask(origin, `/${json.code}`)).status, 302);
});

test("a repeated request is answered as the first even after the expiry it asked for has passed", async () => {
  await using shortener = await startMemoryShortener();
  const { origin, clock } = shortener;
  const body = { url: "https://example.com/", expiresAt: new Date(clock.wallMs() + 1_000).toISOString() };
  const headers = { "idempotency-key": "k" };
  const first = await ask(origin, "/api/links", { body, headers });
  await clock.advance(2_000);
  const second = await ask(origin, "/api/links", { body, headers });
  assert.equal(second.text, first.text);
  assert.equal((await ask(origin, "/api/links", { body })).status, 400);
});

test("an idempotency key is forgotten after 24 hours", async () => {
  await using shortener = await startMemoryShortener();
  const { origin, clock } = shortener;
  const request = { body: { url: "https://example.com/" }, headers: { "idempotency-key": "k" } };
  const first = await ask(origin, "/api/links", request);
  await clock.advance(24 * 3_600_000);
  assert.notEqual((await ask(origin, "/api/links", request)).json.code, first.json.code);
});

test("with the cache away, every link is still followed", async () => {
  await using shortener = await startMemoryShortener();
  const { origin, store } = shortener;
  store.isAway = true;
  const { json } = await ask(origin, "/api/links", { body: { url: "https://example.com/" } });
  assert.equal((await ask(origin, `/${json.code}`)).status, 302);
  const changed = await ask(origin, `/api/links/${json.code}`, {
    method: "PATCH",
    body: { url: "https://example.org/" },
  });
  assert.equal(changed.status, 200);
  assert.equal((await ask(origin, `/${json.code}`)).headers.get("location"), "https://example.org/");
});

test("with the database away, cached links are still followed and the rest is told when to come back", async () => {
  await using shortener = await startMemoryShortener();
  const { origin, links } = shortener;
  const { json } = await ask(origin, "/api/links", { body: { url: "https://example.com/" } });
  links.isAway = true;
  assert.equal((await ask(origin, `/${json.code}`)).status, 302);
  for (const refused of [
    await ask(origin, "/some-other-code"),
    await ask(origin, "/api/links", { body: { url: "https://example.com/" } }),
    await ask(origin, "/api/links"),
  ]) {
    assert.equal(refused.status, 503);
    assert.equal(refused.json.error.code, "UNAVAILABLE");
    assert.match(refused.headers.get("retry-after") ?? "", /^\d+$/);
  }
});

test("an installation with a token asks for it in the API, and never for following a link", async () => {
  await using shortener = await startMemoryShortener({ apiToken: "s3cret", publicUrl: "https://sho.rt" });
  const { origin } = shortener;
  const body = { url: "https://example.com/" };
  for (const headers of [{}, { authorization: "Bearer wrong" }, { authorization: "Basic s3cret" }]) {
    const refused = await ask(origin, "/api/links", { body, headers });
    assert.equal(refused.status, 401);
    assert.equal(refused.headers.get("www-authenticate"), "Bearer");
  }
  const made = await ask(origin, "/api/links", { body, headers: { authorization: "Bearer s3cret" } });
  assert.equal(made.json.shortUrl, `https://sho.rt/${made.json.code}`);
  assert.equal((await ask(origin, `/${made.json.code}`)).status, 302);
});

test("a failure inside is told without its details, and logged with them", async () => {
  await using shortener = await startMemoryShortener();
  shortener.links.page = () => Promise.reject(new Error("secret details"));
  const failed = await ask(shortener.origin, "/api/links");
  assert.equal(failed.status, 500);
  assert.doesNotMatch(failed.text, /secret/);
  assert.match(shortener.lines.join(""), /secret details/);
});
