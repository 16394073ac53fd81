import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { SimulatedClock } from "../../time/index.ts";
import { sourceOf } from "../call/abort-source.ts";
import { Deadline, withDeadline } from "../deadline/deadline.ts";
import { deadline } from "../deadline/deadline-layer.ts";
import { policy } from "../policy.ts";
import { retry } from "../retry/retry.ts";
import { timeout } from "../timeout.ts";
import { resilientFetch } from "./resilient-fetch.ts";
import { serve, until } from "./server-fixture.ts";

test("once the head is there, the body is not under the attempt's timeout", async () => {
  const clock = new SimulatedClock();
  const later = Promise.withResolvers<void>();
  await using server = await serve(async (response) => {
    response.write("slow ");
    await later.promise;
    response.end("body");
  });
  const response = await resilientFetch(policy(timeout(60)).with({ clock }))(server.url);
  await clock.advance(120);
  later.resolve();
  assert.equal(await response.text(), "slow body");
});

test("a caller who gives up ends the body that is under way", async () => {
  let closed = false;
  await using server = await serve((response) => {
    response.on("close", () => {
      closed = true;
    });
    response.write("the beginning");
  });
  const controller = new AbortController();
  const get = resilientFetch(policy(retry(), timeout(1_000)));
  const response = await get(server.url, { signal: controller.signal });
  const text = response.text();
  const reason = new Error("gone");
  controller.abort(reason);
  await assert.rejects(text, reason);
  await until(() => closed);
  assert.equal(sourceOf(controller.signal).listeners, 0);
});

test("a caller who gives up before the answer gets the reason at once, and the request is ended", async () => {
  let closed = 0;
  await using server = await serve((response) => void response.on("close", () => closed++));
  const controller = new AbortController();
  const get = resilientFetch(policy(retry()));
  const request = new Request(server.url, { signal: controller.signal });
  for (const attempt of [get(server.url, { signal: controller.signal }), get(request)]) {
    const rejected = assert.rejects(attempt, { name: "AbortError" });
    await until(() => server.requests.length > 0);
    controller.abort();
    await rejected;
  }
  await until(() => closed === server.requests.length);
  await assert.rejects(
    get(server.url, { signal: AbortSignal.abort("never") }),
    (reason) => reason === "never",
  );
});

test("the deadline ends the body, and went along as a header", async () => {
  await using server = await serve((response) => void response.write("the beginning"));
  const clock = new SimulatedClock();
  const get = resilientFetch(policy());
  const response = await withDeadline(new Deadline(500, clock), () => get(server.url));
  assert.equal(server.requests[0]?.headers["grpc-timeout"], "500m");
  const text = assert.rejects(response.text(), { code: "DEADLINE_EXCEEDED" });
  assert.equal(clock.pendingTimers, 0, "nothing keeps a process alive that has no other reason");
  await clock.advance(500);
  await text;
});

test("the deadline of the policy's own layer bounds the body too", async () => {
  await using server = await serve((response) => void response.write("the beginning"));
  const response = await resilientFetch(policy(deadline(80), retry()))(server.url);
  await assert.rejects(response.text(), { code: "DEADLINE_EXCEEDED" });
  assert.match(server.requests[0]?.headers["grpc-timeout"]?.toString() ?? "", /^\d\dm$/);
});

test("the server is told what the attempt has, where a timeout leaves it less than the deadline", async () => {
  await using server = await serve((response) => void response.end());
  const clock = new SimulatedClock();
  const get = resilientFetch(policy(timeout(120)).with({ clock }));
  await get(server.url);
  await withDeadline(new Deadline(500, clock), () => get(server.url));
  await withDeadline(new Deadline(90, clock), () => get(server.url));
  const told = server.requests.map(({ headers }) => headers["grpc-timeout"]);
  assert.deepEqual(told, [undefined, "120m", "90m"]);
});

test("the header can be left out, and one that the caller wrote stays", async () => {
  await using server = await serve((response) => void response.end());
  const get = resilientFetch(policy(deadline(1_000)));
  await get(server.url, { headers: { "grpc-timeout": "3S", other: "kept" } });
  await resilientFetch(policy(deadline(1_000)), { deadlineHeader: false })(server.url);
  await get(new Request(server.url, { headers: { other: "kept" } }));
  const [own, without, added] = server.requests.map(({ headers }) => headers);
  assert.equal(own?.["grpc-timeout"], "3S");
  assert.equal(own?.other, "kept");
  assert.equal(without?.["grpc-timeout"], undefined);
  assert.match(added?.["grpc-timeout"]?.toString() ?? "", /^\d+m$/);
  assert.equal(added?.other, "kept");
});

test("answers that nobody gets are cancelled, those that come late as well", async () => {
  let number = 0;
  const cancelled: number[] = [];
  const answers: ((response: Response) => void)[] = [];
  const answer = (status: number) => {
    const own = ++number;
    return new Response(new ReadableStream({ cancel: () => void cancelled.push(own) }), { status });
  };
  const cancelledBefore: number[] = [];
  const get = resilientFetch(policy(retry({ attempts: 3, backOff: { jitter: "none", firstMs: 1 } })), {
    fetch: async () => {
      cancelledBefore.push(cancelled.length);
      return answer(503);
    },
  });
  const last = await get("http://127.0.0.1/");
  assert.deepEqual(cancelled, [1, 2]);
  assert.deepEqual(cancelledBefore, [0, 1, 2], "each before the next is sent");
  await last.body?.cancel();
  cancelled.length = 0;
  // This one does not listen to its signal.
  const deaf = resilientFetch(policy(timeout(5)), {
    fetch: () => new Promise((resolve) => answers.push(resolve)),
  });
  await assert.rejects(deaf("http://127.0.0.1/"), { code: "TIMED_OUT" });
  answers[0]?.(answer(200));
  await until(() => cancelled.length === 1);
});

test("10,000 calls on one signal leave no listener: not on the signal, and soon none inside", async () => {
  const { signal } = new AbortController();
  const get = resilientFetch(policy(retry(), timeout(1_000)), { fetch: async () => new Response("text") });
  for (let batch = 0; batch < 100; batch++) {
    await Promise.all(
      Array.from({ length: 100 }, async () => (await get("http://127.0.0.1/", { signal })).text()),
    );
  }
  assert.equal(getEventListeners(signal, "abort").length, 1);
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  await until(() => {
    collect();
    return sourceOf(signal).listeners === 0;
  });
});

test("against a real server too, what was read or dropped is forgotten, and what is being read is not", async () => {
  await using server = await serve((response, number) => {
    if (number <= 30) response.end("text");
    else response.write("the beginning");
  });
  const controller = new AbortController();
  const { signal } = controller;
  const get = resilientFetch(policy(retry(), timeout(1_000)));
  for (let call = 0; call < 30; call++) {
    const response = await get(server.url, { signal });
    if (call % 2 === 0) await response.text();
  }
  const reader = await get(server.url, { signal }).then((response) => response.body?.getReader());
  await reader?.read();
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  await until(() => {
    collect();
    // The one that is being read, and the latest before it, which the platform itself keeps.
    return sourceOf(signal).listeners <= 2;
  });
  assert.ok(sourceOf(signal).listeners > 0);
  const more = reader?.read();
  controller.abort();
  await assert.rejects(async () => more, { name: "AbortError" });
});
