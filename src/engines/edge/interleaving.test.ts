import assert from "node:assert/strict";
import { type IncomingMessage, request } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import type { Socket } from "node:net";
import { test } from "node:test";
import { startEdge } from "./edge.ts";
import { disposable, httpOrigin, type Origin, RawClient, turns } from "./testing/servers.ts";

/**
 * All connections are read into the same memory, one after the other. Whatever is kept of it without being copied is written over by
 * somebody else's bytes: so many speak at once here, each in words of its own, to services and with clients that keep them waiting.
 */
const CLIENTS = 24;
const ROUNDS = 3;

/** A text that nobody else has, and in which no part can stand for another. */
function textOf(who: string, bytes: number): string {
  let text = "";
  for (let line = 0; text.length < bytes; line++) text += `${who}:${line};`;
  return text.slice(0, bytes);
}

/** Reads a body, now and then not, and gives what it was. */
async function slowly(incoming: IncomingMessage): Promise<string> {
  let body = "";
  let chunks = 0;
  for await (const chunk of incoming) {
    body += String(chunk);
    if (chunks++ % 3 === 0) await turns(2);
  }
  return body;
}

/** Sends back what it is sent: bodies and their trailers in parts, and what follows an upgrade as it comes. */
async function echo(): Promise<Origin> {
  const origin = await httpOrigin(async (incoming, response) => {
    const body = await slowly(incoming);
    response.writeHead(200, { Trailer: "X-End", "X-Name": incoming.headers["x-name"] ?? "" });
    for (let at = 0; at < body.length; at += 7_000) {
      response.write(body.slice(at, at + 7_000));
      if (at % 5 === 0) await turns(1);
    }
    response.addTrailers({ "X-End": incoming.trailers["x-end"] ?? "" });
    response.end();
  });
  origin.server.on("upgrade", async (_: IncomingMessage, socket: Socket, head: Buffer) => {
    // What comes before the word that the protocol is switched is kept by the edge till then.
    await turns(10);
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
    socket.write(head);
    socket.pipe(socket).on("error", () => {});
  });
  return origin;
}

/** Posts a text in parts, and gives what came back: the name in the head, the body, and the name behind it. */
function post(port: number, name: string, text: string): Promise<readonly (string | undefined)[]> {
  return new Promise((resolve, reject) => {
    const headers = { "X-Name": name, Trailer: "X-End", "Transfer-Encoding": "chunked" };
    const sent = request({ host: "127.0.0.1", port, method: "POST", agent: false, headers }, (answer) => {
      const head = String(answer.headers["x-name"]);
      slowly(answer).then((body) => resolve([head, body, answer.trailers["x-end"]]), reject);
    });
    sent.on("error", reject);
    void (async () => {
      for (let at = 0; at < text.length; at += 3_000) {
        sent.write(text.slice(at, at + 3_000));
        if (at % 2 === 0) await turns(1);
      }
      sent.addTrailers({ "X-End": name });
      sent.end();
    })();
  });
}

async function postByHttp2(port: number, name: string, text: string): Promise<string> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  const stream = session.request({ ":method": "POST", ":path": "/", "x-name": name });
  stream.end(text);
  let body = "";
  for await (const chunk of stream) body += String(chunk);
  session.close();
  return body;
}

/** Speaks another protocol, whose first words come with the request, and before it is agreed on. */
async function converse(port: number, text: string): Promise<string> {
  await using client = new RawClient(port);
  client.send(
    `GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n${text.slice(0, 500)}`,
  );
  for (let at = 500; at < text.length; at += 9_000) {
    client.send(text.slice(at, at + 9_000));
    await turns(1);
  }
  await client.until(/\r\n\r\n/);
  const head = client.received.indexOf("\r\n\r\n") + 4;
  while (client.received.length - head < text.length && !client.socket.destroyed) await turns(1);
  return client.received.slice(head);
}

test("however many speak at once, each gets its own bytes and nobody else's, and so does whoever is sent copies", async () => {
  await using origin = await echo();
  const copies = new Map<string, string>();
  await using shadow = await httpOrigin(async (incoming, response) => {
    const name = String(incoming.headers["x-name"]);
    copies.set(name, await slowly(incoming));
    response.end();
  });
  const at = ({ port }: Origin) => ({ endpoints: [{ id: "one", host: "127.0.0.1", port }] });
  await using edge = disposable(
    await startEdge({
      listeners: [
        { host: "127.0.0.1", port: 0, routes: [{ path: "/*", to: "echo", mirror: { to: "shadow" } }] },
      ],
      upstreams: { echo: at(origin), shadow: at(shadow) },
    }),
  );
  const one = async (client: number) => {
    for (let round = 0; round < ROUNDS; round++) {
      const name = `client-${client}-${round}`;
      const text = textOf(name, 1_000 + ((client * 7_919 + round * 104_729) % 120_000));
      if (client % 4 === 0) assert.equal(await postByHttp2(edge.port, name, text), text);
      else if (client % 4 === 1) assert.equal(await converse(edge.port, text), text);
      else assert.deepEqual(await post(edge.port, name, text), [name, text, name]);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, client) => one(client)));
  const copied = CLIENTS * ROUNDS * (3 / 4);
  while (copies.size < copied) await turns(1);
  for (const [name, text] of copies) assert.equal(text, textOf(name, text.length));
});
