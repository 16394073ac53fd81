import assert from "node:assert/strict";
import { test } from "node:test";
import { deadline } from "../deadline/deadline-layer.ts";
import { fallback } from "../fallback/fallback.ts";
import { hedge } from "../hedge/hedge.ts";
import type { PolicyEvent } from "../observer.ts";
import { policy } from "../policy.ts";
import { retry } from "../retry/retry.ts";
import { timeout } from "../timeout.ts";
import { FetchFailure } from "./fetch-failure.ts";
import { resilientFetch } from "./resilient-fetch.ts";
import { closedPort, serve, until } from "./server-fixture.ts";

const retrying = () => policy(retry({ attempts: 3, backOff: { firstMs: 1, maxMs: 2 } }));

test("an answer that is no failure comes as it is, a 404 too", async () => {
  await using server = await serve((response, number) => {
    response.writeHead(number === 1 ? 200 : 404, { "x-number": number }).end("hello");
  });
  const get = resilientFetch(retrying());
  const first = await get(`${server.url}/a`);
  assert.equal(await first.text(), "hello");
  assert.equal(first.url, `${server.url}/a`);
  const second = await get(new URL("/b", server.url));
  assert.equal(second.status, 404);
  assert.equal(second.headers.get("x-number"), "2");
  assert.equal(await second.text(), "hello");
});

test("a failure is tried again, and the caller gets the answer that is none", async () => {
  await using server = await serve((response, number) => {
    response.writeHead(number < 3 ? 503 : 200).end(`answer ${number}`);
  });
  const response = await resilientFetch(retrying())(server.url);
  assert.equal(response.status, 200);
  assert.equal(await response.text(), "answer 3");
});

test("when all attempts fail the caller gets the last answer, body and all, as from fetch", async () => {
  await using server = await serve((response, number) => {
    response.writeHead(503).end(`answer ${number}`);
  });
  const response = await resilientFetch(retrying())(server.url);
  assert.equal(response.status, 503);
  assert.equal(await response.text(), "answer 3");
});

test("when the last attempt is never answered the caller gets fetch's own error", async () => {
  await using server = await serve((response, number) => {
    if (number < 3) response.writeHead(503).end("busy");
    else response.destroy();
  });
  const error = await resilientFetch(retrying())(server.url).catch((thrown) => thrown);
  assert.ok(error instanceof TypeError);
  assert.equal(error.message, "fetch failed");
  assert.ok(error.cause instanceof Error);
  assert.equal(server.requests.length, 3);
});

test("garbage and resets in place of an answer are tried again", async () => {
  await using server = await serve((response, number) => {
    if (number === 1) response.socket?.end("HTTP/9.9 what\r\n\r\n");
    else if (number === 2) response.socket?.resetAndDestroy();
    else response.end("at last");
  });
  const response = await resilientFetch(retrying())(server.url, { method: "PUT", body: "x" });
  assert.equal(await response.text(), "at last");
  assert.deepEqual(
    server.requests.map(({ body }) => body),
    ["x", "x", "x"],
  );
});

test("layers see failures with what Retry-After asks for", async () => {
  await using server = await serve((response, number) => {
    response.writeHead(number === 1 ? 429 : 200, { "retry-after": number === 1 ? "3600" : "0" }).end();
  });
  const events: PolicyEvent[] = [];
  const patient = retrying().with({ observer: (event) => events.push(event) });
  const response = await resilientFetch(patient)(server.url);
  assert.equal(response.status, 429);
  assert.equal(server.requests.length, 1);
  const [event] = events;
  assert.ok(event?.kind === "gave-up" && event.because === "retry-after");
  assert.ok(event.error instanceof FetchFailure);
  assert.equal(event.error.response, response);
  assert.equal(event.error.retryAfterMs, 3_600_000);
  assert.equal(event.error.message, "GET was answered with 429");
});

test("what counts as a failure can be said, and 501 is one that trying again does not mend", async () => {
  await using server = await serve((response, number) => {
    response.writeHead(number === 1 ? 404 : 501).end();
  });
  const get = resilientFetch(retrying(), { isFailure: ({ status }) => status >= 400 });
  const response = await get(server.url);
  assert.equal(response.status, 501);
  assert.equal(server.requests.length, 2);
});

test("a fallback answers with a response, with that of the failure if it likes", async () => {
  await using server = await serve((response) => void response.writeHead(500).end("sorry"));
  const covered = policy(
    fallback(({ error }) => new Response(error instanceof FetchFailure ? "covered" : "what?")),
    retry({ backOff: { firstMs: 1 } }),
  );
  assert.equal(await (await resilientFetch(covered)(server.url)).text(), "covered");
  const passing = policy(
    fallback(({ error }) => {
      if (error instanceof FetchFailure && error.response) return error.response;
      throw error;
    }),
  );
  assert.equal(await (await resilientFetch(passing)(server.url)).text(), "sorry");
});

test("a fallback that is no response does not compile", () => {
  const wrong = () => {
    // @ts-expect-error: a caller of fetch expects a Response
    resilientFetch(policy(fallback(() => "text")));
  };
  assert.equal(typeof wrong, "function");
});

test("a policy's own refusal reaches the caller", async () => {
  await using server = await serve(() => {});
  const get = resilientFetch(policy(timeout(20)));
  await assert.rejects(get(server.url), { code: "TIMED_OUT" });
  const hurried = resilientFetch(policy(deadline(20), retry(), timeout(1_000)));
  await assert.rejects(hurried(server.url), { code: "DEADLINE_EXCEEDED" });
});

test("a slow attempt is ended, and the next one answered", async () => {
  let closed = 0;
  await using server = await serve((response, number) => {
    response.on("close", () => closed++);
    if (number > 1) response.end("quick");
  });
  const get = resilientFetch(policy(retry({ backOff: { firstMs: 1 } }), timeout(50)));
  assert.equal(await (await get(server.url)).text(), "quick");
  await until(() => closed === 2);
});

test("of two attempts side by side one answers, and the other's connection is freed", async () => {
  let closed = 0;
  await using server = await serve((response, number) => {
    response.on("close", () => closed++);
    if (number > 1) response.end("second");
  });
  const get = resilientFetch(policy(hedge({ after: 10, budget: false })));
  assert.equal(await (await get(server.url)).text(), "second");
  await until(() => closed === 2);
});

test("mistakes of the caller stay what they are, and are not tried again", async () => {
  let sent = 0;
  const counting: typeof fetch = (input, init) => {
    sent++;
    return fetch(input, init);
  };
  const get = resilientFetch(retrying(), { fetch: counting });
  await assert.rejects(get("no address"), { name: "TypeError", message: /Failed to parse URL/ });
  await assert.rejects(get("http://127.0.0.1:1/", { body: "GET has none" }), TypeError);
  assert.equal(sent, 2);
  await assert.rejects(get("http://127.0.0.1:1/", { headers: { "in valid": "x" } }), TypeError);
});

test("what a fetch of one's own throws at once, or as no error, is a failure like any other", async () => {
  let sent = 0;
  const odd = resilientFetch(retrying(), {
    fetch: () => {
      sent++;
      throw sent === 1 ? new Error("at once") : undefined;
    },
  });
  const thrown = await odd("http://127.0.0.1:1/").then(
    () => assert.fail("it was answered"),
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof FetchFailure);
  assert.equal(thrown.message, "GET was not answered: undefined");
  assert.equal(sent, 3);
});

test("nobody listens: the caller gets the platform's error after all attempts", async () => {
  const layer = retry({ attempts: 2, backOff: { firstMs: 1 } });
  const error = await resilientFetch(policy(layer))(await closedPort()).catch((thrown) => thrown);
  assert.equal(error.cause.code, "ECONNREFUSED");
  assert.equal(layer.counters.retries, 1);
});
