import { sharedLimiterContract } from "./testing/contract.ts";
import { RedisServer } from "./testing/redis-server.ts";

for (const client of ["ioredis", "node-redis"] as const) {
  sharedLimiterContract(`redis-server, with ${client}`, async () => {
    const server = await RedisServer.start();
    return { client, url: server.url, close: () => server[Symbol.asyncDispose]() };
  });
}
