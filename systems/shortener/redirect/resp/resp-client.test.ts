import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { SimulatedClock } from "trestle/time";
import { RespClient } from "./resp-client.ts";

/** A cache whose answers the test decides: by default it greets back, and answers GET with the key. */
async function startCache(answer: (command: string) => string | undefined = answerWell) {
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    let received = "";
    socket.on("data", (bytes) => {
      const lines = (received + bytes).split("\r\n");
      // A command of n words is 1 + 2n lines; what follows the last CRLF is the beginning of another.
      for (let size = sizeOf(lines); lines.length > size; size = sizeOf(lines)) {
        const command = lines
          .splice(0, size)
          .filter((_, index) => index > 0 && index % 2 === 0)
          .join(" ");
        commands.push(command);
        const reply = answer(command);
        if (reply !== undefined) socket.write(reply);
      }
      received = lines.join("\r\n");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    commands,
    /** Breaks every connection; the server takes new ones. */
    breakAll: () => {
      for (const socket of sockets) socket.destroy();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function sizeOf([first = ""]: readonly string[]): number {
  return first === "" ? Number.POSITIVE_INFINITY : 1 + 2 * Number(first.slice(1));
}

function answerWell(command: string): string | undefined {
  if (command === "PING") return "+PONG\r\n";
  if (/^(AUTH|SELECT)/.test(command)) return "+OK\r\n";
  return command.startsWith("GET ")
    ? `$${command.length - 4}\r\n${command.slice(4)}\r\n`
    : "-ERR unknown\r\n";
}

/** Lets sockets and promises move, without moving the clock, until `condition` holds. */
async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 10_000; turn++) {
    if (condition()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.fail(`it never came true that ${condition}`);
}

async function connected(url: string, clock = new SimulatedClock()) {
  const changes: string[] = [];
  const client = new RespClient({ url, clock, onChange: (state) => changes.push(state) });
  await until(() => client.isReady);
  return { client, clock, changes };
}

test("replies go to the commands they answer, in their order, and refusals are replies", async () => {
  await using cache = await startCache();
  const { client } = await connected(`redis://127.0.0.1:${cache.port}`);
  const keys = Array.from({ length: 3_000 }, (_, index) => `key-${index}`);
  const replies = await Promise.all(keys.map((key) => client.send(["GET", key])));
  assert.deepEqual(replies, keys);
  assert.deepEqual(await client.send(["NONSENSE"]), { error: "ERR unknown" });
  client.close();
});

test("it greets with the password, the user and the database of its URL", async () => {
  await using cache = await startCache();
  const { client } = await connected(`redis://me:p%40ss@127.0.0.1:${cache.port}/2`);
  assert.deepEqual(cache.commands, ["AUTH me p@ss", "SELECT 2", "PING"]);
  client.close();
});

test("without a connection a command is refused at once, not queued", async () => {
  await using cache = await startCache();
  const client = new RespClient({ url: `redis://127.0.0.1:${cache.port}`, clock: new SimulatedClock() });
  await assert.rejects(client.send(["GET", "a"]), { code: "NO_REPLY" });
  client.close();
});

test("a wrong password never becomes a connection", async () => {
  await using cache = await startCache((command) =>
    command.startsWith("AUTH") ? "-WRONGPASS no\r\n" : "+PONG\r\n",
  );
  const causes: unknown[] = [];
  const client = new RespClient({
    url: `redis://:x@127.0.0.1:${cache.port}`,
    clock: new SimulatedClock(),
    onChange: (_state, cause) => causes.push(cause),
  });
  await until(() => causes.length > 0);
  assert.match(String(causes[0]), /WRONGPASS/);
  assert.equal(client.isReady, false);
  client.close();
});

test("a broken connection fails what waits, and is made anew within 200 ms", async () => {
  let silent = true;
  await using cache = await startCache((command) =>
    silent && command !== "PING" ? undefined : answerWell(command),
  );
  const { client, clock, changes } = await connected(`redis://127.0.0.1:${cache.port}`);
  const waiting = client.send(["GET", "a"]);
  await until(() => cache.commands.includes("GET a"));
  cache.breakAll();
  await assert.rejects(waiting, { code: "NO_REPLY" });
  silent = false;
  await clock.advance(200);
  await until(() => client.isReady);
  assert.equal(await client.send(["GET", "b"]), "b");
  assert.deepEqual(changes, ["away", "back"]);
  client.close();
});

test("a cache that hangs costs one timeout, and is left alone until it greets again", async () => {
  let hangs = false;
  await using cache = await startCache((command) => (hangs ? undefined : answerWell(command)));
  const { client, clock } = await connected(`redis://127.0.0.1:${cache.port}`);
  hangs = true;
  const late = client.send(["GET", "a"]);
  await until(() => cache.commands.includes("GET a"));
  const refused = assert.rejects(late, /in time/);
  await clock.advance(200);
  await refused;
  await assert.rejects(client.send(["GET", "b"]), /not connected/);
  await clock.advance(25);
  await until(() => cache.commands.filter((command) => command === "PING").length === 2);
  await assert.rejects(client.send(["GET", "c"]), /not connected/);
  hangs = false;
  await clock.advance(1_000);
  await clock.advance(200);
  await until(() => client.isReady);
  client.close();
});

test("a server that speaks something else is given up", async () => {
  await using cache = await startCache(() => "HTTP/1.1 400 Bad Request\r\n\r\n");
  let isAway = false;
  const client = new RespClient({
    url: `redis://127.0.0.1:${cache.port}`,
    clock: new SimulatedClock(),
    onChange: () => {
      isAway = true;
    },
  });
  await until(() => isAway);
  client.close();
});

test("closing fails what waits and opens no connection afterwards", async () => {
  await using cache = await startCache((command) => (command === "PING" ? "+PONG\r\n" : undefined));
  const { client, clock } = await connected(`redis://127.0.0.1:${cache.port}`);
  const waiting = client.send(["GET", "a"]);
  client.close();
  client.close();
  await assert.rejects(waiting, { code: "NO_REPLY" });
  await clock.advance(60_000);
  assert.equal(client.isReady, false);
});
