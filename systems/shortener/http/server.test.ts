import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, type IncomingMessage, request, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import { HttpServer } from "./server.ts";

test("a closing server answers what is under way, says that the connection ends, and takes nothing new", async () => {
  const waiting: ServerResponse[] = [];
  const server = await HttpServer.listen((_request, response) => waiting.push(response), {
    host: "127.0.0.1",
    port: 0,
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = () => {
    const asked = request({ host: "127.0.0.1", port: server.port, agent }).end();
    return once(asked, "response").then(([response]) => (response as IncomingMessage).resume());
  };
  const answered = ask();
  while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const { port } = server;
  const closed = server.close();
  const late = connect({ host: "127.0.0.1", port });
  await assert.rejects(once(late, "connect"), { code: "ECONNREFUSED" });
  waiting[0]?.writeHead(302, ["Location", "https://example.com/", "Content-Length", "0"]).end();
  const response = await answered;
  assert.equal(response.statusCode, 302);
  await closed;
  await server.close();
  agent.destroy();
});

test("a request that comes on an open connection of a closing server is answered, and the last on it", async () => {
  const waiting: ServerResponse[] = [];
  const server = await HttpServer.listen((_request, response) => waiting.push(response), {
    host: "127.0.0.1",
    port: 0,
  });
  const socket = connect({ host: "127.0.0.1", port: server.port });
  let received = "";
  socket.on("data", (bytes) => {
    received += bytes;
  });
  const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  socket.write(get);
  while (waiting.length < 1) await new Promise((resolve) => setImmediate(resolve));
  const closed = server.close();
  socket.write(get);
  waiting[0]?.writeHead(302, ["Location", "/one", "Content-Length", "0"]).end();
  while (waiting.length < 2) await new Promise((resolve) => setImmediate(resolve));
  waiting[1]?.writeHead(302, ["Location", "/two", "Content-Length", "0"]).end();
  await once(socket, "close");
  await closed;
  assert.match(received, /\/one[\s\S]*\/two/);
  assert.match(received.slice(received.indexOf("/two")), /connection: close/i);
});
