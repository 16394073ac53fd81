import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ANSWERS } from "./answers.ts";
import { ask, edgeFor, exchangeRaw, gate, httpOrigin, RawClient, rawOrigin } from "./testing/servers.ts";

const CHUNKED = "Transfer-Encoding: chunked";
const OK = "HTTP/1.1 200 OK\r\n";
const SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

/** Each of these could be read in two ways, or not at all; the service must not see any of it. */
const refused: readonly (readonly [what: string, bytes: string, status: number])[] = [
  [
    "both a length and chunks (CL.TE)",
    `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n${CHUNKED}\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    400,
  ],
  [
    "both chunks and a length (TE.CL)",
    `POST / HTTP/1.1\r\nHost: x\r\n${CHUNKED}\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    400,
  ],
  [
    "two lengths",
    `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello${SMUGGLED}`,
    400,
  ],
  ["a list of lengths", `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\nhello${SMUGGLED}`, 400],
  ["a negative length", `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n`, 400],
  ["a hexadecimal length", `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x5\r\n\r\nhello`, 400],
  [
    "a coding that hides chunked (TE.TE)",
    `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    501,
  ],
  [
    "chunked before another coding",
    `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    400,
  ],
  [
    "another coding before chunked",
    `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    501,
  ],
  [
    "a space before the colon",
    `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    400,
  ],
  ["a folded field", `GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n b\r\n\r\n`, 400],
  ["a bare line feed between fields", `GET / HTTP/1.1\r\nHost: x\nX-A: 1\r\n\r\n`, 400],
  ["a bare carriage return in a field", `GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\rX-B: 2\r\n\r\n`, 400],
  ["a zero byte in a field", `GET / HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\n\r\n`, 400],
  ["a field without a name", `GET / HTTP/1.1\r\nHost: x\r\n: 1\r\n\r\n`, 400],
  ["no Host", `GET / HTTP/1.1\r\nAccept: x\r\n\r\n`, 400],
  ["two Hosts", `GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n`, 400],
  ["a target of another host", `GET http://y/ HTTP/1.1\r\nHost: x\r\n\r\n`, 400],
  ["a star for a target, but no OPTIONS", `GET * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 400],
  ["a method that is none", `G@T / HTTP/1.1\r\nHost: x\r\n\r\n`, 400],
  ["a version that nobody speaks", `GET / HTTP/9.9\r\nHost: x\r\n\r\n`, 505],
  ["no HTTP at all", `\x16\x03\x01\x02\x00\x01\x00\x01`, 400],
  [
    "a chunk size that is no number",
    `POST / HTTP/1.1\r\nHost: x\r\n${CHUNKED}\r\n\r\nzz\r\nhello\r\n0\r\n\r\n`,
    400,
  ],
  [
    "a chunk longer than its size",
    `POST / HTTP/1.1\r\nHost: x\r\n${CHUNKED}\r\n\r\n2\r\nhello\r\n0\r\n\r\n`,
    400,
  ],
  [
    "a chunk size that overflows",
    `POST / HTTP/1.1\r\nHost: x\r\n${CHUNKED}\r\n\r\nfffffffffffffffff\r\n`,
    400,
  ],
  [
    "a bare line feed after a chunk size",
    `POST / HTTP/1.1\r\nHost: x\r\n${CHUNKED}\r\n\r\n5\nhello\r\n0\r\n\r\n`,
    400,
  ],
  ["CONNECT", `CONNECT y:443 HTTP/1.1\r\nHost: y:443\r\n\r\n`, 405],
  ["TRACE", `TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 405],
  ["chunks in HTTP/1.0", `POST / HTTP/1.0\r\nHost: x\r\n${CHUNKED}\r\n\r\n0\r\n\r\n`, 400],
];

for (const [what, bytes, status] of refused) {
  test(`a request with ${what} is refused with ${status}, and the service never hears of what is behind it`, async () => {
    const seen: string[] = [];
    await using origin = await httpOrigin((incoming, response) => {
      seen.push(incoming.url ?? "");
      incoming.resume();
      incoming.on("end", () => response.end());
    });
    await using edge = await edgeFor([origin.port]);
    const answer = await exchangeRaw(edge.port, bytes);
    assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `));
    assert.equal(answer.match(/HTTP\/1\.1 \d/g)?.length, 1, answer);
    const envelope = JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4)) as {
      error: { code: keyof typeof ANSWERS };
    };
    assert.equal(ANSWERS[envelope.error.code].status, status);
    assert.ok(!seen.includes("/smuggled"));
  });
}

test("what follows a good request is refused only after the good one was answered", async () => {
  const slow = gate();
  await using origin = await httpOrigin(async (_, response) => {
    await slow.opened;
    response.end("good");
  });
  await using edge = await edgeFor([origin.port]);
  await using client = new RawClient(edge.port);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\nrubbish\r\n\r\n");
  slow.open();
  const received = await client.toEnd();
  assert.match(received, /^HTTP\/1\.1 200 OK[\s\S]*good$/);
});

test("a client that sends hundreds of requests ahead is answered some of them, and told that the connection ends", async () => {
  await using origin = await httpOrigin((_, response) => response.end("."));
  await using edge = await edgeFor([origin.port]);
  const answer = await exchangeRaw(edge.port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(500));
  const answers = answer.match(/HTTP\/1\.1 200 OK/g)?.length ?? 0;
  assert.ok(answers >= 64 && answers < 500, `${answers} answers`);
  assert.match(answer.slice(answer.lastIndexOf("HTTP/1.1")), /Connection: close/);
});

test("rubbish from a client never reaches the service, and never stops the edge", async () => {
  let count = 0;
  await using origin = await httpOrigin((_, response) => {
    count += 1;
    response.end();
  });
  await using edge = await edgeFor([origin.port]);
  const piece = fc.constantFrom(
    "GET ",
    "POST ",
    "/ ",
    "HTTP/1.1",
    "\r\n",
    "\n",
    "\r",
    ":",
    "Host: x",
    "\0",
    "0",
    "\xff",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 12 }), async (pieces) => {
      await using client = new RawClient(edge.port);
      // The last line can complete no request: it has a field without a name in it.
      client.send(`${pieces.join("")}\r\n: x\r\n\r\n`);
      client.socket.end();
      await client.toEnd();
    }),
    { numRuns: 60 },
  );
  const before = count;
  assert.equal((await ask(edge.port)).status, 200);
  assert.equal(count, before + 1);
});

for (const [what, bytes] of [
  ["rubbish", "no HTTP\r\n\r\n"],
  [
    "both a length and chunks",
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  ],
  ["two lengths", `${OK}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`],
  ["a list of lengths", `${OK}Content-Length: 3, 3\r\n\r\nabc`],
  ["another coding than chunked", `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ["the coding identity", `${OK}Transfer-Encoding: identity\r\n\r\nabc`],
  ["a coding in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["a space before a colon", `${OK}Content-Length : 3\r\n\r\nabc`],
  ["a folded field", `${OK}X-A: b\r\n c\r\nContent-Length: 0\r\n\r\n`],
  ["line feeds alone, and at once", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"],
  ["a zero byte in a field", `${OK}X-A: \0\r\nContent-Length: 0\r\n\r\n`],
  ["another version", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"],
  ["a status of two digits", "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"],
  ["answers before the answer without end", "HTTP/1.1 102 Processing\r\n\r\n".repeat(100)],
  ["a head without bounds", `${OK}${"X-Fill: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n".repeat(1_000)}\r\n`],
  ["more fields than there may be", `${OK}${"A: b\r\n".repeat(101)}Content-Length: 0\r\n\r\n`],
  [
    "a switch of protocols that nobody asked for",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
  ],
  ["nothing", ""],
] as const) {
  test(`a service that answers with ${what} becomes 502`, async () => {
    await using origin = await rawOrigin((socket) => {
      // Left open: that it is no answer has to show before its end.
      socket.once("data", () => (bytes === "" ? socket.end() : socket.write(bytes, "latin1")));
    });
    await using edge = await edgeFor([origin.port]);
    const answer = await ask(edge.port, { method: "POST", body: "x" });
    assert.equal(answer.status, 502);
    assert.match(answer.body, /BAD_GATEWAY/);
  });
}

for (const [what, bytes] of [
  ["a length that is not reached", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\npart"],
  ["chunks that break off", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n"],
  [
    "chunks that turn into rubbish",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\nrubbish",
  ],
] as const) {
  test(`an answer with ${what} is cut, never made to look whole`, async () => {
    await using origin = await rawOrigin((socket) => {
      socket.once("data", () => socket.end(bytes));
    });
    await using edge = await edgeFor([origin.port]);
    await assert.rejects(ask(edge.port), { code: "ECONNRESET" });
    // To HTTP/1.0 the end of the connection would be the end of the answer: a reset says that it is not.
    await using old = new RawClient(edge.port);
    old.send("GET / HTTP/1.0\r\n\r\n");
    const received = await old.toEnd();
    assert.ok(old.failure === "ECONNRESET" || /Content-Length/.test(received), received);
  });
}

for (const [what, method, answer] of [
  ["behind its end", "GET", `${OK}Content-Length: 2\r\n\r\nok`],
  ["behind the last chunk", "GET", `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`],
  ["behind a head that HEAD asked for", "HEAD", `${OK}Content-Length: 2\r\n\r\n`],
  ["behind a 204", "GET", "HTTP/1.1 204 No Content\r\n\r\n"],
  ["behind a 304", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n"],
] as const) {
  test(`what a service sends ${what} is never taken for the answer to another request`, async () => {
    await using origin = await rawOrigin((socket) => {
      socket.once("data", () => socket.write(`${answer}${OK}X-Poison: 1\r\nContent-Length: 0\r\n\r\n`));
    });
    await using edge = await edgeFor([origin.port]);
    const first = await ask(edge.port, { method });
    const second = await ask(edge.port, { method });
    assert.deepEqual([first.headers["x-poison"], second.headers["x-poison"]], [undefined, undefined]);
    assert.equal(origin.connections, 2);
  });
}

test("a service that says how long a 204 is does not get another request on that connection", async () => {
  await using origin = await rawOrigin((socket) => {
    socket.on("data", () => socket.write("HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n"));
  });
  await using edge = await edgeFor([origin.port]);
  for (let asked = 0; asked < 2; asked++) {
    const answer = await ask(edge.port);
    assert.deepEqual([answer.status, answer.headers["content-length"]], [204, undefined]);
  }
  assert.equal(origin.connections, 2);
});

test("a length goes on in plain digits, in either direction", async () => {
  let seen = "";
  await using origin = await rawOrigin((socket) => {
    socket.on("data", (chunk) => {
      seen += chunk.toString("latin1");
      if (seen.endsWith("hello")) socket.write(`${OK}Content-Length: 0002\r\n\r\nok`);
    });
  });
  await using edge = await edgeFor([origin.port]);
  await using client = new RawClient(edge.port);
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 005\r\n\r\nhello");
  assert.match(await client.until(/ok$/), /\r\nContent-Length: 2\r\n/);
  assert.match(seen, /\r\nContent-Length: 5\r\n/);
});

test("a service that answers before it has the whole body never takes the rest for a request", async () => {
  const seen: string[] = [];
  await using origin = await rawOrigin((socket) => {
    const at = seen.push("") - 1;
    socket.on("data", (chunk) => {
      if (seen[at] === "") socket.write(`${OK}Content-Length: 0\r\n\r\n`);
      seen[at] += chunk.toString("latin1");
    });
  });
  await using edge = await edgeFor([origin.port]);
  await using client = new RawClient(edge.port);
  client.send(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${2 * SMUGGLED.length}\r\n\r\n${SMUGGLED}`);
  await client.until(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\n/);
  client.send(`${SMUGGLED}GET /next HTTP/1.1\r\nHost: x\r\n\r\n`);
  await client.until(/(?:HTTP\/1\.1 200 [\s\S]*?\r\n\r\n){2}/);
  assert.equal(seen.length, 2);
  assert.match(seen[1] ?? "", /^GET \/next /);
});

test("what stands behind a WebSocket that is refused is no request to anybody", async () => {
  let seen = "";
  await using origin = await rawOrigin((socket) => {
    socket.on("data", (chunk) => {
      seen += chunk.toString("latin1");
      socket.write("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n");
    });
  });
  await using edge = await edgeFor([origin.port]);
  await using client = new RawClient(edge.port);
  const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 1337\r\n";
  client.send(`GET / HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n${SMUGGLED}`);
  assert.match(await client.until(/\r\n\r\n/), /^HTTP\/1\.1 426 /);
  client.socket.end();
  const received = await client.toEnd();
  assert.equal(received.match(/HTTP\/1\.1 \d/g)?.length, 1);
  assert.ok(!seen.includes("/smuggled"));
});
