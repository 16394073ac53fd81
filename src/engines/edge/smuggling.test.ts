import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { ANSWERS } from "./answers.ts";
import { type RecordingOrigin, recordingOrigin } from "./http/testing/recording-origin.ts";
import { ENDED_CHUNKS, lengthOf, request } from "./http/testing/smuggling-attempt.ts";
import { FRAMING_ATTEMPTS } from "./http/testing/smuggling-framing.ts";
import { LINE_ATTEMPTS } from "./http/testing/smuggling-lines.ts";
import { edgeFor, RawClient, turns } from "./testing/servers.ts";

/**
 * The published ways of smuggling a request past a proxy in HTTP/1.1, through a real edge. Those that go by way of HTTP/2 (H2.CL,
 * H2.TE, H2.0, line ends in its fields) stand with the HTTP/2 side, in `http2/`.
 */
let origin: RecordingOrigin;
let edge: Awaited<ReturnType<typeof edgeFor>>;

before(async () => {
  origin = await recordingOrigin();
  edge = await edgeFor([origin.port]);
});
after(async () => {
  await edge.close();
  await origin[Symbol.asyncDispose]();
});
beforeEach(() => origin.clear());

const answersIn = (received: string) => received.match(/HTTP\/1\.1 (?!100)\d/g)?.length ?? 0;

/** Sends the bytes, in two pieces where they are to be cut, and resolves with what came back once it matches and all is still. */
async function exchange(bytes: string, cut: number, pattern?: RegExp): Promise<string> {
  await using client = new RawClient(edge.port);
  client.send(bytes.slice(0, cut));
  if (cut < bytes.length) {
    await turns(5);
    client.send(bytes.slice(cut));
  }
  if (pattern) await client.until(pattern);
  // What else may have been smuggled gets its time.
  await turns(10);
  return client.received;
}

/** Matches so many answers that have come whole: those of the service have no body. */
const answersOf = (count: number) =>
  new RegExp(`(?:HTTP/1\\.1 (?!100)\\d[\\s\\S]*?\\r\\n\\r\\n[\\s\\S]*?){${count}}`);
/** One of the edge's own. */
const OWN = /\r\n\r\n\{.*\}$/;

function refusedWith(received: string, status: number): void {
  assert.match(received, new RegExp(`^HTTP/1.1 ${status} `));
  assert.match(received, /\r\nConnection: close\r\n/);
  assert.equal(answersIn(received), 1, received);
  const envelope = JSON.parse(received.slice(received.indexOf("\r\n\r\n") + 4)) as {
    error: { code: keyof typeof ANSWERS };
  };
  assert.equal(ANSWERS[envelope.error.code].status, status);
}

for (const [family, what, bytes, outcome] of [...FRAMING_ATTEMPTS, ...LINE_ATTEMPTS]) {
  const headEnd = bytes.indexOf("\r\n\r\n") + 4;
  const cuts = headEnd > 3 && headEnd < bytes.length ? [bytes.length, headEnd] : [bytes.length];
  if (typeof outcome === "number") {
    test(`${family}: ${what} is refused with ${outcome} and the end of the connection, and the service hears nothing of it`, async () => {
      for (const cut of cuts) {
        refusedWith(await exchange(bytes, cut, OWN), outcome);
        assert.deepEqual([origin.requests, origin.strange], [[], []]);
      }
    });
  } else if (outcome.length === 0) {
    test(`${family}: ${what} is waited for, and the service never takes what there is of it for a request`, async () => {
      for (const cut of cuts) {
        assert.doesNotMatch(await exchange(bytes, cut), /HTTP\/1\.1 2/);
        assert.deepEqual([origin.requests, origin.strange], [[], []]);
      }
    });
  } else {
    test(`${family}: ${what} reaches the service as ${outcome.join(", ")}, in a form that has one reading`, async () => {
      for (const cut of cuts) {
        origin.clear();
        const received = await exchange(bytes, cut, answersOf(outcome.length));
        assert.ok(answersIn(received) >= outcome.length, received);
        assert.deepEqual([origin.requests.map(({ line }) => line), origin.strange], [outcome, []]);
      }
    });
  }
}

/** Every control character, and some bytes beyond ASCII that are blanks to somebody. */
const CHARACTERS = [...Array(0x21).keys(), 0x7f, 0x85, 0xa0, 0xad, 0xff].map((code) =>
  String.fromCharCode(code),
);

for (const [what, mutate] of [
  ["before the coding", (c: string) => `Transfer-Encoding:${c}chunked\r\n`],
  ["behind the coding", (c: string) => `Transfer-Encoding: chunked${c}\r\n`],
  ["behind the name", (c: string) => `Transfer-Encoding${c}: chunked\r\n`],
  ["before the name", (c: string) => `${c}Transfer-Encoding: chunked\r\n`],
  ["within the name", (c: string) => `Transfer${c}Encoding: chunked\r\n`],
  ["between another field and the coding", (c: string) => `X-A: b${c}Transfer-Encoding: chunked\r\n`],
  [
    "behind a carriage return and before the coding",
    (c: string) => `X-A: b\r${c}Transfer-Encoding: chunked\r\n`,
  ],
  ["before a line feed and the coding", (c: string) => `X-A: b${c}\nTransfer-Encoding: chunked\r\n`],
  ["between the coding and another field", (c: string) => `Transfer-Encoding: chunked${c}X-A: b\r\n`],
  ["before a line feed behind the coding", (c: string) => `Transfer-Encoding: chunked${c}\nX-A: b\r\n`],
] as const) {
  test(`TE.TE: whatever character stands ${what}, a request with a length is one request or none`, async () => {
    for (const character of CHARACTERS) {
      origin.clear();
      const bytes = request(
        `${mutate(character)}${lengthOf(ENDED_CHUNKS)}Connection: close\r\n`,
        ENDED_CHUNKS,
      );
      const received = await exchange(bytes, bytes.length, answersOf(1));
      const shown = JSON.stringify(mutate(character));
      assert.equal(answersIn(received), 1, shown);
      assert.deepEqual(origin.strange, [], shown);
      const isTaken = received.startsWith("HTTP/1.1 200");
      assert.deepEqual(
        origin.requests.map(({ body }) => body),
        isTaken ? [ENDED_CHUNKS] : [],
        shown,
      );
      if (!isTaken) assert.match(received, /^HTTP\/1\.1 (?:400|501) /, shown);
    }
  });
}
