import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { type Ask, ask } from "./api-client.ts";

/** A running shortener, wherever it came from. */
export interface Subject {
  readonly origin: string;
  /** Waits until what was clicked so far is counted, of which `clicks` are of the link with this code. */
  counted(code: string, clicks: number): Promise<void>;
}

/**
 * What every shortener keeps to, on whatever storage: the same promises are tested in memory and on the whole system. Each
 * test makes links of its own and expects nothing of what else is there.
 */
export function promiseApi(open: () => Promise<Subject>): void {
  const promise = (name: string, body: (call: Call, subject: Subject) => Promise<void>) =>
    test(name, async () => {
      const subject = await open();
      await body((path, request) => ask(subject.origin, path, request), subject);
    });

  promise("a link that was made redirects by 302 to where it leads", async (call, { origin }) => {
    const url = `https://example.com/${randomUUID()}?a=1&b=%20#part`;
    const made = await call("/api/links", { body: { url, title: "  A page " } });
    assert.equal(made.status, 201);
    assert.match(made.json.code, /^[0-9A-Za-z]{7}$/);
    assert.equal(made.json.shortUrl, `${origin}/${made.json.code}`);
    assert.equal(made.json.url, url);
    assert.equal(made.json.title, "A page");
    assert.equal(made.json.expiresAt, null);
    for (const method of ["GET", "HEAD"]) {
      const followed = await call(`/${made.json.code}?utm_source=x`, { method });
      assert.equal(followed.status, 302);
      assert.equal(followed.headers.get("location"), url);
      assert.match(followed.headers.get("cache-control") ?? "", /private/);
    }
  });

  promise("a code of one's own is given once, and then is taken", async (call) => {
    const code = customCode();
    assert.equal((await call(`/${code}`)).status, 404);
    const made = await call("/api/links", { body: { url: "https://example.com/", code } });
    assert.equal(made.json.code, code);
    assert.equal((await call(`/${code}`)).status, 302, "although it was not found a moment ago");
    const again = await call("/api/links", { body: { url: "https://example.org/", code } });
    assert.equal(again.status, 409);
    assert.equal(again.json.error.code, "CODE_TAKEN");
  });

  promise("two requests at once for one code make one link", async (call) => {
    const body = { url: "https://example.com/", code: customCode() };
    const answers = await Promise.all(Array.from({ length: 6 }, () => call("/api/links", { body })));
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [201, 409, 409, 409, 409, 409]);
  });

  promise("many links made at once have codes of their own", async (call) => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => call("/api/links", { body: { url: "https://example.com/" } })),
    );
    assert.equal(new Set(answers.map(({ json }) => json.code)).size, 40);
  });

  promise("the same idempotency key and body give the same answer and one link", async (call) => {
    const headers = { "idempotency-key": randomUUID() };
    const body = { url: "https://example.com/once" };
    const answers = await Promise.all(Array.from({ length: 5 }, () => call("/api/links", { body, headers })));
    for (const { status, text } of answers) {
      assert.equal(status, 201);
      assert.equal(text, answers[0]?.text);
    }
    await call(`/api/links/${answers[0]?.json.code}`, { method: "DELETE" });
    const late = await call("/api/links", { body: ' { "url" : "https://example.com/once" } ', headers });
    assert.equal(
      late.text,
      answers[0]?.text,
      "even when the link is gone and the body is laid out otherwise",
    );
    assert.equal(late.headers.get("idempotency-replayed"), "true");
  });

  promise("the same idempotency key with another body is refused", async (call) => {
    const headers = { "idempotency-key": randomUUID() };
    await call("/api/links", { body: { url: "https://example.com/1" }, headers });
    const other = await call("/api/links", { body: { url: "https://example.com/2" }, headers });
    assert.equal(other.status, 422);
    assert.equal(other.json.error.code, "IDEMPOTENCY_KEY_REUSED");
  });

  promise("a key whose request was refused can be used again", async (call) => {
    const headers = { "idempotency-key": randomUUID() };
    const code = customCode();
    await call("/api/links", { body: { url: "https://example.com/", code } });
    const refused = await call("/api/links", { body: { url: "https://example.com/", code }, headers });
    assert.equal(refused.status, 409);
    const made = await call("/api/links", { body: { url: "https://example.com/" }, headers });
    assert.equal(made.status, 201);
  });

  promise("a changed link redirects to its new place at once", async (call) => {
    const code = await makeLink(call, { url: "https://example.com/old" });
    assert.equal((await call(`/${code}`)).headers.get("location"), "https://example.com/old");
    const changed = await call(`/api/links/${code}`, {
      method: "PATCH",
      body: { url: "https://example.com/new", title: "New" },
    });
    assert.equal(changed.json.url, "https://example.com/new");
    assert.equal((await call(`/${code}`)).headers.get("location"), "https://example.com/new");
    const cleared = await call(`/api/links/${code}`, { method: "PATCH", body: { title: null } });
    assert.equal(cleared.json.title, null);
    assert.equal(cleared.json.url, "https://example.com/new");
  });

  promise("a permanent link redirects by 301, which browsers keep for a short time only", async (call) => {
    const code = await makeLink(call, { url: "https://example.com/", permanent: true });
    const followed = await call(`/${code}`);
    assert.equal(followed.status, 301);
    assert.equal(followed.headers.get("cache-control"), "private, max-age=90");
    await call(`/api/links/${code}`, { method: "PATCH", body: { permanent: false } });
    assert.equal((await call(`/${code}`)).status, 302);
  });

  promise("a deleted link is gone, with its clicks, and its code can be made anew", async (call, subject) => {
    const code = customCode();
    await makeLink(call, { url: "https://example.com/", code });
    await call(`/${code}`);
    await subject.counted(code, 1);
    assert.equal((await call(`/api/links/${code}`, { method: "DELETE" })).status, 204);
    assert.equal((await call(`/${code}`)).status, 404);
    assert.equal((await call(`/api/links/${code}`)).status, 404);
    assert.equal((await call(`/api/links/${code}`, { method: "DELETE" })).status, 404);
    await makeLink(call, { url: "https://example.org/", code });
    assert.equal((await call(`/${code}`)).headers.get("location"), "https://example.org/");
    await subject.counted(code, 1);
    assert.equal((await call(`/api/links/${code}/stats`)).json.clicks, 1);
  });

  promise("clicks are counted by day, referrer and device; a HEAD is none", async (call, subject) => {
    const code = await makeLink(call, { url: "https://example.com/" });
    const phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148";
    await call(`/${code}`, {
      headers: { referer: "https://www.news.example/story?id=1", "user-agent": phone },
    });
    await call(`/${code}`, { headers: { referer: "https://news.example/", "user-agent": phone } });
    await call(`/${code}`, { headers: { "user-agent": "curl/8.5.0" } });
    await call(`/${code}`, { method: "HEAD" });
    await subject.counted(code, 3);
    const { json } = await call(`/api/links/${code}/stats`);
    assert.equal(json.clicks, 3);
    assert.deepEqual(
      json.byDay.map(({ clicks }) => clicks),
      [3],
    );
    assert.deepEqual(json.byReferrer, [
      { referrer: "news.example", clicks: 2 },
      { referrer: "(direct)", clicks: 1 },
    ]);
    assert.deepEqual(json.byDevice, [
      { device: "phone", clicks: 2 },
      { device: "bot", clicks: 1 },
    ]);
    assert.equal((await call(`/api/links/${code}`)).json.clicks, 3);
  });

  promise("the listing goes through every link once, newest first, page by page", async (call) => {
    const made: string[] = [];
    for (let count = 0; count < 5; count++) made.push(await makeLink(call, { url: "https://example.com/" }));
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null && seen.length < 200) {
      const page = await call(`/api/links?limit=2${cursor && `&cursor=${cursor}`}`);
      assert.ok(page.json.data.length <= 2);
      assert.equal(page.json.pagination.has_more, page.json.pagination.next_cursor !== null);
      seen.push(...page.json.data.map(({ code }) => code));
      cursor = made.every((code) => seen.includes(code)) ? null : page.json.pagination.next_cursor;
    }
    assert.equal(new Set(seen).size, seen.length);
    for (const code of made) assert.ok(seen.includes(code));
  });

  promise("a link's QR code is drawn as SVG", async (call) => {
    const code = await makeLink(call, { url: "https://example.com/" });
    const { headers, text } = await call(`/api/links/${code}/qr`);
    assert.match(headers.get("content-type") ?? "", /^image\/svg\+xml/);
    assert.match(text, /^<svg [^>]*viewBox="0 0 \d+ \d+"/);
  });

  promise("an answer names its request, by the caller's id where that is sane", async (call) => {
    const named = await call("/api/links/none-such", { headers: { "x-request-id": "trace-42" } });
    assert.equal(named.json.error.request_id, "trace-42");
    assert.equal(named.headers.get("x-request-id"), "trace-42");
    const mad = await call("/api/links/none-such", { headers: { "x-request-id": "a b" } });
    assert.notEqual(mad.json.error.request_id, "a b");
  });

  promise("every error is documented where its envelope says", async (call, { origin }) => {
    const { json } = await call("/api/nothing-here");
    assert.equal(json.error.code, "NOT_FOUND");
    assert.equal(json.error.documentation_url, `${origin}/docs/errors#NOT_FOUND`);
    assert.match((await call("/docs/errors")).text, /id="NOT_FOUND"/);
  });

  promise("a method that a path does not take is refused with those that it does", async (call) => {
    const refused = await call("/api/links", { method: "PUT" });
    assert.equal(refused.status, 405);
    assert.deepEqual(refused.headers.get("allow")?.split(", ").sort(), ["GET", "HEAD", "POST"]);
    assert.equal((await call("/some-code", { method: "POST", body: {} })).headers.get("allow"), "GET, HEAD");
  });

  promise("a body that is not JSON, not whole or too large is refused by name", async (call) => {
    const text = await call("/api/links", { body: "{}", headers: { "content-type": "text/plain" } });
    assert.equal(text.status, 415);
    const broken = await call("/api/links", { body: '{"url":' });
    assert.equal(broken.json.error.code, "INVALID_JSON");
    const large = await call("/api/links", { body: JSON.stringify({ url: "x".repeat(70_000) }) });
    assert.equal(large.status, 413);
  });

  promise("a person who follows a dead link is shown a page, a program the envelope", async (call) => {
    const page = await call(`/${customCode()}`, { headers: { accept: "text/html,*/*;q=0.8" } });
    assert.equal(page.status, 404);
    assert.match(page.headers.get("content-type") ?? "", /^text\/html/);
    const envelope = await call(`/${customCode()}`, { headers: { accept: "*/*" } });
    assert.equal(envelope.json.error.code, "LINK_NOT_FOUND");
  });
}

type Call = (path: string, request?: Ask) => ReturnType<typeof ask>;

async function makeLink(call: Call, body: Record<string, unknown>): Promise<string> {
  const made = await call("/api/links", { body });
  assert.equal(made.status, 201, made.text);
  return made.json.code;
}

function customCode(): string {
  return `t-${randomUUID().slice(0, 18)}`;
}
