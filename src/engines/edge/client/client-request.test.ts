import assert from "node:assert/strict";
import { Socket } from "node:net";
import { test } from "node:test";
import { turns } from "../testing/servers.ts";
import { ClientRequest } from "./client-request.ts";

function arriving() {
  const told: string[] = [];
  const start = {
    method: "POST",
    target: "/",
    version: "1.1" as const,
    fields: [],
    hasBody: true,
    keepAlive: true,
    upgrade: undefined,
  };
  const request = new ClientRequest(start, new Socket(), {
    onDemand: () => void demands.push(request.wantsMore),
  });
  const demands: boolean[] = [];
  const onData = (chunk: Buffer) => void told.push(chunk.toString());
  const onEnd = () => void told.push("end");
  return { request, told, demands, onData, onEnd };
}

test("a body is held until somebody takes it, and then comes in its order, the end last", async () => {
  const { request, told, onData, onEnd } = arriving();
  request.push(Buffer.from("a"));
  request.push(Buffer.from("b"));
  assert.equal(request.readableLength, 2);
  request.on("data", onData).once("end", onEnd);
  assert.deepEqual(told, []);
  request.push(Buffer.from("c"));
  request.pushEnd(["X", "y"]);
  await turns(2);
  assert.deepEqual(told, ["a", "b", "c", "end"]);
  assert.deepEqual([request.readableLength, request.complete, request.rawTrailers], [0, true, ["X", "y"]]);
});

test("whoever pauses hears nothing, not even the end, until it resumes", async () => {
  const { request, told, demands, onData, onEnd } = arriving();
  request.on("data", (chunk) => {
    onData(chunk);
    request.pause();
  });
  request.on("end", onEnd);
  request.push(Buffer.from("a"));
  request.push(Buffer.from("b"));
  request.pushEnd([]);
  await turns(2);
  assert.deepEqual(told, ["a"]);
  assert.deepEqual(demands, [true, false, false]);
  request.resume();
  await turns(2);
  assert.deepEqual(told, ["a", "b"]);
  request.resume();
  await turns(2);
  assert.deepEqual(told, ["a", "b", "end"]);
});

test("a body that nobody takes asks for no more than it may hold", () => {
  const { request, demands } = arriving();
  request.push(Buffer.alloc(40_000));
  assert.deepEqual(demands, []);
  request.push(Buffer.alloc(40_000));
  assert.deepEqual(demands, [false]);
  request.resume();
  assert.deepEqual(demands, [false, true]);
});

test("a body that is discarded is dropped as it comes, and still ends", async () => {
  const { request, told, onData, onEnd } = arriving();
  request.push(Buffer.from("a"));
  request.discard();
  request.once("end", onEnd);
  await turns(2);
  assert.equal(request.readableLength, 0);
  request.push(Buffer.from("b"));
  request.pushEnd([]);
  assert.deepEqual(told, ["end"]);
  // One that somebody still takes is discarded once he has let go of it.
  const other = arriving();
  other.request.on("data", onData);
  other.request.discard();
  other.request.pause();
  assert.equal(other.request.wantsMore, false);
  other.request.off("data", onData);
  assert.equal(other.request.wantsMore, true);
});
