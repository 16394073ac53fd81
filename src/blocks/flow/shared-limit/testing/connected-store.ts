import { Cluster, Redis } from "ioredis";
import { createClient, createCluster } from "redis";
import { fromIoredis, fromNodeRedis, fromNodeRedisCluster, type RespStore } from "../resp-store.ts";

/** The clients that the suites are run with. */
export type ClientName = "ioredis" | "ioredis-cluster" | "node-redis" | "node-redis-cluster";

/** A client that is connected. */
export interface ConnectedStore {
  readonly store: RespStore;
  close(): Promise<void>;
}

/** Connects as the README says that clients are to be set up. */
export async function connectStore(client: ClientName, url: string): Promise<ConnectedStore> {
  const { hostname: host, port } = new URL(url);
  switch (client) {
    case "ioredis": {
      const settings = { enableOfflineQueue: false, maxRetriesPerRequest: 0, lazyConnect: true };
      const redis = new Redis(url, { ...settings, retryStrategy: () => 50 });
      redis.on("error", () => {});
      await redis.connect();
      return { store: fromIoredis(redis), close: async () => redis.disconnect() };
    }
    case "ioredis-cluster": {
      const cluster = new Cluster([{ host, port: Number(port) }], { lazyConnect: true });
      cluster.on("error", () => {});
      await cluster.connect();
      return { store: fromIoredis(cluster), close: async () => cluster.disconnect() };
    }
    case "node-redis": {
      const socket = { reconnectStrategy: () => 50 };
      const redis = createClient({ url, disableOfflineQueue: true, socket });
      redis.on("error", () => {});
      await redis.connect();
      return { store: fromNodeRedis(redis), close: async () => redis.destroy() };
    }
    case "node-redis-cluster": {
      const cluster = createCluster({ rootNodes: [{ url }] });
      cluster.on("error", () => {});
      await cluster.connect();
      return { store: fromNodeRedisCluster(cluster), close: async () => cluster.destroy() };
    }
  }
}
