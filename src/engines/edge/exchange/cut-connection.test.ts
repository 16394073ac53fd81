import assert from "node:assert/strict";
import { test } from "node:test";
import { RawClient, rawOrigin } from "../testing/servers.ts";
import { cutConnection } from "./cut-connection.ts";

test("a connection that is cut off does not look as if it had ended", async () => {
  await using origin = await rawOrigin((socket) => {
    socket.once("data", () => cutConnection(socket));
  });
  await using client = new RawClient(origin.port);
  client.send("x");
  assert.equal(await client.toEnd(), "");
  assert.equal(client.failure, "ECONNRESET");
});

test("a connection whose end is on its way closes all the same", async () => {
  await using origin = await rawOrigin((socket) => {
    socket.once("data", () => {
      socket.end("end");
      cutConnection(socket);
    });
  });
  await using client = new RawClient(origin.port);
  client.send("x");
  await client.toEnd();
});
