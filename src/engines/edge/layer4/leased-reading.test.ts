import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { rawOrigin, turns } from "../testing/servers.ts";
import { Layer4Scene } from "./testing/layer4-scene.ts";

/** Reads a little, pauses for a few turns, and so on, to the end; all that is read has to be one byte over and over. */
async function readInFits(socket: Socket, byte: number, pauseTurns: number): Promise<number> {
  let length = 0;
  socket.on("data", (bytes: Buffer) => {
    length += bytes.length;
    if (bytes.some((one) => one !== byte))
      socket.destroy(new Error(`a byte of another connection among those of ${byte}`));
    socket.pause();
    void turns(pauseTurns).then(() => socket.resume());
  });
  await new Promise((resolve, reject) => socket.on("end", resolve).on("error", reject));
  return length;
}

test("connections share memory and never each other's bytes, however much waits in each of them", async () => {
  const total = 6 * 1_024 * 1_024;
  let count = 0;
  await using origin = await rawOrigin((socket) => {
    count += 1;
    const piece = Buffer.alloc([700, 20_000, 60_000, 400_000][count % 4] ?? 1, count);
    let written = 0;
    const pump = () => {
      while (written < total) {
        const bytes = piece.subarray(0, total - written);
        written += bytes.length;
        if (!socket.write(bytes)) return;
      }
      socket.end();
    };
    socket.on("drain", pump);
    pump();
  });
  await using scene = new Layer4Scene({ service: [origin.port] });
  const { port } = await scene.tcp();
  const clients: Promise<number>[] = [];
  for (let byte = 1; byte <= 8; byte++) {
    const socket = connect({ host: "127.0.0.1", port });
    clients.push(readInFits(socket, byte, byte % 3));
    // The n-th connection is the n-th that the server sees.
    while (count < byte) await turns(1);
  }
  assert.deepEqual(await Promise.all(clients), Array<number>(8).fill(total));
});

test("what comes in small pieces and waits is not written over by what comes on other connections", async () => {
  const sources: Socket[] = [];
  await using origin = await rawOrigin((socket) => sources.push(socket));
  await using scene = new Layer4Scene({ service: [origin.port] });
  const { port } = await scene.tcp();
  const sinks: Socket[] = [];
  for (let at = 0; at < 2; at++) {
    sinks.push(connect({ host: "127.0.0.1", port }).pause());
    while (sources.length <= at) await turns(1);
  }
  // One piece for each reading, in turn, until the kernel takes no more on either way.
  let pieces = 0;
  while (sources.some(({ writableLength }) => writableLength === 0) && pieces < 5_000) {
    for (const [at, source] of sources.entries()) source.write(Buffer.alloc(12_000, at + 1));
    pieces += 1;
    await turns(3);
  }
  for (const source of sources) source.end();
  assert.deepEqual(await Promise.all(sinks.map((sink, at) => readInFits(sink.resume(), at + 1, 0))), [
    pieces * 12_000,
    pieces * 12_000,
  ]);
});
