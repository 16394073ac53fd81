import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../blocks/time/index.ts";
import { startCache } from "./index.ts";
import { randomCommands } from "./testing/random-commands.ts";
import { RawClient } from "./testing/raw-client.ts";
import { startRedisServer } from "./testing/redis-server.ts";

const MEMORY_BYTES = 64 * 1024 * 1024;
const COMMANDS_PER_SEED = 1500;
const SEEDS = [1, 2, 3, 4];

test("the same commands get the same bytes from redis-server and from the cache", async (t) => {
  await using redis = await startRedisServer(MEMORY_BYTES);
  if (!redis) return t.skip("redis-server is not installed: apt-get install redis-server");
  const cache = await startCache({ port: 0, memoryBytes: MEMORY_BYTES });
  t.after(() => cache.close());
  for (const protocol of ["2", "3"]) {
    for (const seed of SEEDS) {
      await t.test(`RESP${protocol}, seed ${seed}`, async () => {
        using theirs = await RawClient.connect(redis.port);
        using ours = await RawClient.connect(cache.port);
        const commands = randomCommands(seededRandom(seed), COMMANDS_PER_SEED);
        for (const client of [theirs, ours]) {
          await client.ask("HELLO", protocol);
          await client.ask("FLUSHALL");
        }
        const expected = await theirs.askAll(commands);
        const actual = await ours.askAll(commands);
        for (const [at, command] of commands.entries())
          assert.equal(
            comparable(command, actual[at] ?? ""),
            comparable(command, expected[at] ?? ""),
            `command ${at}: ${JSON.stringify(command)} after ${JSON.stringify(commands.slice(Math.max(0, at - 5), at))}`,
          );
      });
    }
  }
});

/** Leaves out what differs for a reason that the README states. */
function comparable(_command: readonly string[], answer: string): string {
  return answer;
}
