import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { originForm } from "../routing/target.ts";
import { type Answered, ask, RawClient, rawOrigin } from "../testing/servers.ts";
import { answerBytes, requestBytes, slicesOf } from "./testing/message-arbitraries.ts";
import { type Nginx, startNginx } from "./testing/nginx.ts";
import { ourAnswers, ourRequests } from "./testing/our-reading.ts";
import {
  type Comparison,
  difference,
  type Reading,
  type ReadMessage,
  wholePart,
} from "./testing/read-message.ts";
import { type RecordingOrigin, recordingOrigin } from "./testing/recording-origin.ts";

/**
 * nginx beside our parser, on the same bytes: what we take, nginx has to hand to its service as the same requests, or refuse.
 * `EDGE_FUZZ_RUNS` and `EDGE_FUZZ_SEED` say how many cases, and which.
 */
const RUNS = Number(process.env.EDGE_FUZZ_RUNS ?? 400);
const SEED = Number(process.env.EDGE_FUZZ_SEED ?? 20_260_807);
/** So many of the cases have to be taken by us and by nginx, or the test would prove little. */
const TAKEN_SHARE = 0.15;

/**
 * The differences that are known and harm nobody. Fields that nginx does not hand on as they came, each for a reason of its own;
 * besides, trailers are read and dropped, targets in absolute form lose their host, and tabs around a value stay with it.
 */
const NOT_HANDED_ON: Readonly<Record<string, string>> = {
  connection: "speaks of the client's connection, and is written anew",
  "keep-alive": "speaks of the client's connection",
  upgrade: "speaks of the client's connection",
  te: "speaks of the client's connection",
  expect: "is met by nginx itself",
  host: "is set by the configuration",
  "content-length": "is counted anew, since nginx reads the whole body first",
  "transfer-encoding": "is taken off, since nginx reads the whole body first",
};

const COMPARISON: Comparison = {
  // A request is handed on once it is whole.
  tellsParts: false,
  fieldsOf: ({ fields }) => handedOn(fields),
  trailersOf: () => [],
};

let origin: RecordingOrigin;
/** Before the recording origin. */
let nginx: Nginx;
before(async () => {
  origin = await recordingOrigin(true);
  nginx = await startNginx(origin.port);
});
after(async () => {
  await nginx[Symbol.asyncDispose]();
  await origin[Symbol.asyncDispose]();
});

function handedOn(fields: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < fields.length; at += 2) {
    const name = (fields[at] ?? "").toLowerCase();
    if (!Object.hasOwn(NOT_HANDED_ON, name))
      kept.push(`${fields[at]}: ${(fields[at + 1] ?? "").replace(/^[\t ]+|[\t ]+$/g, "")}`);
  }
  return kept;
}

/** What nginx hands to its service of the bytes of one connection, which the client ends behind them. */
async function nginxReading(bytes: string): Promise<Reading> {
  origin.clear();
  await using client = new RawClient(nginx.port);
  client.send(bytes);
  client.socket.end();
  const received = await client.toEnd();
  assert.deepEqual(origin.strange, [], JSON.stringify(bytes));
  const messages = origin.requests.map(({ line, fields, body }): ReadMessage => {
    const start = line.slice(0, line.lastIndexOf(" "));
    return { start, fields: fields.flat(), body, trailers: [], isWhole: true };
  });
  return { messages, state: /(?:^|\r\n\r\n|>\r\n)HTTP\/1\.1 [45]/.test(received) ? "refused" : "open" };
}

/** As nginx hands it on. */
function inOriginForm(message: ReadMessage): ReadMessage {
  const [method = "", target = ""] = message.start.split(" ");
  return { ...message, start: `${method} ${originForm(target, "x", method) ?? target}` };
}

test("requests that we take are handed on by nginx as the same requests, or refused by it", async (t) => {
  t.diagnostic(`EDGE_FUZZ_SEED=${SEED} EDGE_FUZZ_RUNS=${RUNS}`);
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(requestBytes, async (bytes) => {
      const reading = ourRequests(slicesOf(bytes, []));
      const ours = { ...reading, messages: reading.messages.map(inOriginForm) };
      const theirs = await nginxReading(bytes);
      assert.equal(difference(ours, theirs, COMPARISON), undefined, JSON.stringify(bytes));
      const whole = wholePart(ours);
      if (whole.messages.length === 0) return;
      const end = bytes.slice(0, reading.wholeBytes);
      const upToEnd = await nginxReading(end);
      assert.equal(difference(whole, upToEnd, COMPARISON), undefined, JSON.stringify(end));
      if (upToEnd.messages.length > 0) taken += 1;
    }),
    { seed: SEED, numRuns: RUNS },
  );
  t.diagnostic(`${taken} taken by both`);
  assert.ok(taken > RUNS * TAKEN_SHARE, `${taken}`);
});

/** Of answers: nginx has its own `Date` and `Server` where there is none, and does not hand on what an answer says of its connection. */
const ANSWER_COMPARISON: Comparison = {
  ...COMPARISON,
  fieldsOf: ({ fields }) => handedOn(fields).filter((field) => !/^(?:date|server):/i.test(field)),
};

test("answers that we take are handed on by nginx as the same answers, or refused by it", async (t) => {
  t.diagnostic(`EDGE_FUZZ_SEED=${SEED} EDGE_FUZZ_RUNS=${RUNS}`);
  let taken = 0;
  let answer = "";
  await using service = await rawOrigin((socket) => {
    socket.once("data", () => socket.end(answer, "latin1"));
  });
  await using proxy = await startNginx(service.port);
  await fc.assert(
    fc.asyncProperty(answerBytes, fc.constantFrom("GET", "GET", "HEAD"), async (bytes, method) => {
      const ours = ourAnswers(slicesOf(bytes, []), method);
      const last = ours.messages.at(-1);
      // nginx knows no answers that come before the answer, and an upgrade only where it was asked for.
      if (!last?.isWhole || ours.messages.length > 1 || Number(last.start) < 200) return;
      answer = bytes;
      const handed = await ask(proxy.port, { method }).catch(() => undefined);
      const theirs = nginxAnswer(handed);
      assert.equal(difference(ours, theirs, ANSWER_COMPARISON), undefined, JSON.stringify([method, bytes]));
      if (theirs.state === "open") taken += 1;
    }),
    { seed: SEED, numRuns: RUNS },
  );
  t.diagnostic(`${taken} taken by both`);
  assert.ok(taken > RUNS * TAKEN_SHARE, `${taken}`);
});

function nginxAnswer(answered: Answered | undefined): Reading {
  if (!answered || (answered.status === 502 && answered.body.includes("nginx"))) {
    return { messages: [], state: "refused" };
  }
  const { status, rawHeaders, body } = answered;
  return {
    messages: [{ start: String(status), fields: rawHeaders, body, trailers: [], isWhole: true }],
    state: "open",
  };
}
