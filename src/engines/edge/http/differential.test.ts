import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { answerBytes, cuts, requestBytes, slicesOf } from "./testing/message-arbitraries.ts";
import { NodeServer, nodeAnswers } from "./testing/node-reading.ts";
import { ourAnswers, ourRequests } from "./testing/our-reading.ts";
import { type Comparison, difference, type Reading, wholePart } from "./testing/read-message.ts";

/**
 * Node's parser beside ours, on the same bytes. What ours takes, Node's has to frame in the same way, or refuse: being stricter
 * is nobody's harm. `EDGE_FUZZ_RUNS` and `EDGE_FUZZ_SEED` say how many cases, and which.
 */
const RUNS = Number(process.env.EDGE_FUZZ_RUNS ?? 3_000);
const SEED = Number(process.env.EDGE_FUZZ_SEED ?? 20_260_807);

const COMPARISON: Comparison = {
  tellsParts: true,
  fieldsOf: ({ fields }) => fields,
  trailersOf: ({ trailers }) => trailers,
};

/** So many of the cases have to be taken by us and by Node, or the test would prove little. */
const TAKEN_SHARE = 0.15;

function parameters(t: TestContext) {
  t.diagnostic(`EDGE_FUZZ_SEED=${SEED} EDGE_FUZZ_RUNS=${RUNS}`);
  return { seed: SEED, numRuns: RUNS };
}

/**
 * Holds a reading of ours to those of somebody else: of all the bytes, of those to the end of our last message, and of those but
 * the last one. Whether both have taken something.
 */
async function isHeldTo(
  bytes: string,
  ours: Reading,
  read: (bytes: Buffer) => Promise<Reading>,
): Promise<boolean> {
  const whole = wholePart(ours);
  const { wholeBytes = 0 } = ours;
  const theirs = await read(Buffer.from(bytes, "latin1"));
  assert.equal(difference(ours, theirs, COMPARISON), undefined, JSON.stringify(bytes));
  if (whole.messages.length === 0) return false;
  const upToEnd = await read(Buffer.from(bytes.slice(0, wholeBytes), "latin1"));
  assert.equal(difference(whole, upToEnd, COMPARISON), undefined, JSON.stringify(bytes.slice(0, wholeBytes)));
  return wholePart(upToEnd).messages.length > 0;
}

test("requests that we take are framed by Node as we frame them, or refused by it, however they are cut", async (t) => {
  const node = new NodeServer();
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(requestBytes, cuts, async (bytes, at) => {
      const ours = ourRequests(slicesOf(bytes, []));
      const cut = ourRequests(slicesOf(bytes, at));
      assert.deepEqual([wholePart(cut), cut.wholeBytes], [wholePart(ours), ours.wholeBytes]);
      if (await isHeldTo(bytes, ours, (all) => node.read(all))) taken += 1;
    }),
    parameters(t),
  );
  t.diagnostic(`${taken} taken by both`);
  assert.ok(taken > RUNS * TAKEN_SHARE, `${taken}`);
});

test("answers that we take are framed by Node as we frame them, or refused by it, however they are cut", async (t) => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(
      answerBytes,
      cuts,
      fc.constantFrom("GET", "GET", "HEAD", "POST"),
      async (bytes, at, method) => {
        const ours = ourAnswers(slicesOf(bytes, []), method);
        assert.deepEqual(ourAnswers(slicesOf(bytes, at), method), ours);
        if (await isHeldTo(bytes, ours, (all) => nodeAnswers(all, method))) taken += 1;
      },
    ),
    parameters(t),
  );
  t.diagnostic(`${taken} taken by both`);
  assert.ok(taken > RUNS * TAKEN_SHARE, `${taken}`);
});
