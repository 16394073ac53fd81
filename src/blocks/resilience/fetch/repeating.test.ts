import assert from "node:assert/strict";
import { test } from "node:test";
import { hedge } from "../hedge/hedge.ts";
import { policy } from "../policy.ts";
import { retry } from "../retry/retry.ts";
import { resilientFetch } from "./resilient-fetch.ts";
import { closedPort, serve } from "./server-fixture.ts";

const layer = () => retry({ attempts: 3, backOff: { firstMs: 1, maxMs: 2 } });
/** Would try anything again. */
const eager = () => retry({ attempts: 3, backOff: { firstMs: 1 }, retryable: () => true });
const stream = () => new Blob(["streamed"]).stream();

/** How often a request arrives at a server that always fails, and what its caller gets. */
async function sent(
  input: (url: string) => RequestInfo,
  init?: RequestInit & { duplex?: "half" },
  retrying = layer(),
) {
  await using server = await serve((response) => void response.writeHead(503).end("busy"));
  const response = await resilientFetch(policy(retrying))(input(server.url), init);
  assert.equal(await response.text(), "busy");
  return server.requests.map(({ method, body }) => `${method} ${body}`.trim());
}
type RequestInfo = string | Request;

test("only idempotent methods are sent again (RFC 9110, 9.2.2)", async () => {
  for (const method of ["GET", "PUT", "DELETE", "OPTIONS", "put"]) {
    const arrived = await sent((url) => url, { method });
    assert.equal(arrived.length, 3, method);
  }
  for (const method of ["POST", "PATCH"]) {
    const arrived = await sent((url) => url, { method, body: "pay" });
    assert.deepEqual(arrived, [`${method} pay`]);
  }
});

test("a POST that has an Idempotency-Key is sent again, with its body", async () => {
  const headers = { "Idempotency-Key": "8e03978e" };
  const pay = { method: "POST", body: "pay", headers };
  assert.deepEqual(await sent((url) => url, pay), ["POST pay", "POST pay", "POST pay"]);
  assert.equal((await sent((url) => new Request(url, pay))).length, 3);
});

test("a POST is not sent twice, whatever the policy says: not by a retry, not beside a slow first", async () => {
  assert.deepEqual(await sent((url) => url, { method: "POST", body: "pay" }, eager()), ["POST pay"]);
  let hedges = 0;
  await using server = await serve(async (response) => {
    while (hedges === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    response.writeHead(500).end("no");
  });
  const observer = () => void hedges++;
  const hedged = policy(hedge({ after: 10, budget: false })).with({ observer });
  const response = await resilientFetch(hedged)(server.url, { method: "POST", body: "pay" });
  assert.equal(await response.text(), "no");
  assert.equal(hedges, 1);
  assert.equal(server.requests.length, 1);
});

test("a stream is sent once: it cannot be read again", async () => {
  const put = { method: "PUT", body: stream(), duplex: "half" } as const;
  assert.deepEqual(await sent((url) => url, put), ["PUT streamed"]);
  const eagerly = { method: "PUT", body: stream(), duplex: "half" } as const;
  assert.deepEqual(await sent((url) => url, eagerly, eager()), ["PUT streamed"]);
});

test("every body that the platform can read anew is sent again as it was", async () => {
  const form = new FormData();
  form.set("a", "1");
  const bodies = [
    "x",
    new TextEncoder().encode("x"),
    new TextEncoder().encode("x").buffer,
    new Blob(["x"]),
    new URLSearchParams({ a: "1" }),
    form,
  ];
  for (const body of bodies) {
    const arrived = await sent((url) => url, { method: "PUT", body });
    assert.equal(arrived.length, 3, body.constructor.name);
    assert.notEqual(arrived[2], "PUT");
  }
});

test("a Request is sent again with its method, headers and body, and is used up at the end", async () => {
  let request: Request | undefined;
  const arrived = await sent((url) => {
    request = new Request(url, { method: "PUT", body: "x", headers: { "content-type": "text/x" } });
    return request;
  });
  assert.deepEqual(arrived, ["PUT x", "PUT x", "PUT x"]);
  assert.equal(request?.bodyUsed, true);
  assert.deepEqual(await sent((url) => new Request(url, { method: "POST", body: "x" })), ["POST x"]);
  // As in fetch, what stands beside it wins.
  assert.deepEqual(await sent((url) => new Request(url), { method: "POST", body: "y" }), ["POST y"]);
  assert.equal((await sent((url) => url, new Request("http://elsewhere/", { method: "PUT" }))).length, 3);
});

test("what certainly was not sent is sent again whatever it is", async () => {
  const url = await closedPort();
  const retries = async (init: RequestInit & { duplex?: "half" }) => {
    const retrying = layer();
    const error = await resilientFetch(policy(retrying))(url, init).catch((thrown) => thrown);
    assert.equal(error.cause.code, "ECONNREFUSED");
    return retrying.counters.retries;
  };
  const pay = { method: "POST", body: "pay" } as const;
  assert.equal(await retries({ ...pay, redirect: "error" }), 2);
  assert.equal(await retries({ ...pay, redirect: "manual" }), 2);
  // The refusal could be that of the place which a first server, having taken the money, redirects to.
  assert.equal(await retries(pay), 0);
  assert.equal(await retries({ method: "GET" }), 2);
  assert.equal(await retries({ ...pay, body: stream(), duplex: "half", redirect: "error" }), 0);
});

test("a POST whose answer never came, or that was redirected to where nobody listens, is not sent again", async () => {
  const nowhere = await closedPort();
  await using server = await serve((response, _number, request) => {
    if (request.url === "/reset") response.socket?.resetAndDestroy();
    else response.writeHead(303, { location: nowhere }).end();
  });
  const get = resilientFetch(policy(layer()));
  for (const path of ["/reset", "/paid"]) {
    await assert.rejects(get(`${server.url}${path}`, { method: "POST", body: "pay" }), TypeError);
  }
  assert.equal(server.requests.length, 2);
});
