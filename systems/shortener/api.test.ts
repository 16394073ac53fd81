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

test("a client makes as many links as the limit says, and is told how many are left and when the next may come", async () => {
  await using shortener = await startMemoryShortener({ createsPerMinute: 6 });
  const { origin, clock, links } = shortener;
  const create = (client = "192.0.2.7", headers: Record<string, string> = {}) =>
    ask(origin, "/api/links", {
      body: { url: "https://example.com/" },
      headers: { "x-forwarded-for": client, ...headers },
    });
  for (let left = 5; left >= 0; left--) {
    const made = await create();
    assert.equal(made.status, 201);
    assert.equal(made.headers.get("ratelimit-limit"), "6");
    assert.equal(made.headers.get("ratelimit-remaining"), String(left));
    assert.equal(made.headers.get("ratelimit-reset"), String((6 - left) * 10));
    assert.equal(made.headers.get("retry-after"), null);
  }
  for (const refused of [await create(), await create("203.0.113.9, 192.0.2.7")]) {
    assert.equal(refused.status, 429);
    assert.equal(refused.json.error.code, "RATE_LIMITED");
    assert.equal(refused.headers.get("ratelimit-remaining"), "0");
    assert.equal(refused.headers.get("retry-after"), "10");
  }
  assert.equal((await links.page({ limit: 100 })).length, 6, "a refused request makes no link");
  assert.equal((await create("192.0.2.8")).status, 201, "others are not affected");
  await clock.advance(9_999);
  assert.equal((await create()).status, 429);
  await clock.advance(1);
  assert.equal((await create()).status, 201);
  assert.equal((await create()).status, 429);
});

test("a client at its limit still follows, lists, changes and deletes links", async () => {
  await using shortener = await startMemoryShortener({ createsPerMinute: 1 });
  const { origin } = shortener;
  const { json } = await ask(origin, "/api/links", { body: { url: "https://example.com/" } });
  assert.equal((await ask(origin, "/api/links", { body: { url: "https://example.com/" } })).status, 429);
  const path = `/api/links/${json.code}`;
  assert.equal((await ask(origin, `/${json.code}`)).status, 302);
  assert.equal((await ask(origin, "/api/links")).status, 200);
  assert.equal((await ask(origin, path, { method: "PATCH", body: { title: "A" } })).status, 200);
  assert.equal((await ask(origin, path, { method: "DELETE" })).status, 204);
});

test("repetitions and refused requests count, and a request without the token does not", async () => {
  await using shortener = await startMemoryShortener({ createsPerMinute: 3, apiToken: "s3cret" });
  const { origin } = shortener;
  const create = (headers: Record<string, string>, body: unknown = { url: "https://example.com/" }) =>
    ask(origin, "/api/links", { body, headers });
  const authorization = "Bearer s3cret";
  assert.equal((await create({})).status, 401);
  for (const replayed of [null, "true"]) {
    const answer = await create({ authorization, "idempotency-key": "k" });
    assert.equal(answer.headers.get("idempotency-replayed"), replayed);
  }
  assert.equal((await create({ authorization }, { url: "no address" })).status, 400);
  assert.equal((await create({ authorization, "idempotency-key": "k" })).status, 429);
  assert.equal((await create({})).status, 401);
});

test("without a limit, links are made without a word of one", async () => {
  await using shortener = await startMemoryShortener({ createsPerMinute: 0 });
  for (let link = 0; link < 20; link++) {
    const made = await ask(shortener.origin, "/api/links", { body: { url: "https://example.com/" } });
    assert.equal(made.status, 201);
    assert.equal(made.headers.get("ratelimit-limit"), null);
  }
});

test("a failure inside is told without its details, and logged with them", async () => {
  await using shortener = await startMemoryShortener();
  shortener.links.page = () => Promise.reject(new Error("secret details"));
  const failed = await ask(shortener.origin, "/api/links");
  assert.equal(failed.status, 500);
  assert.doesNotMatch(failed.text, /secret/);
  assert.match(shortener.lines.join(""), /secret details/);
});
