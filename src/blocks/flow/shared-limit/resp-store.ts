/** Any client of a server that speaks RESP and runs Lua (Redis from 5 on, Valkey): all that a shared limiter needs of it. */
export interface RespStore {
  /**
   * Sends one command. Rejects with an `Error` when the server refuses, whose message is the server's own
   * (`NOSCRIPT No matching script.`), and when there is no connection: at once, rather than to wait for one.
   *
   * `key` is the first key among the words, by which a client of a cluster finds the node. All keys of a command are in one
   * slot.
   */
  command(words: readonly string[], key: string): Promise<unknown>;
}

/** What is used of an `ioredis` client: `Redis` or `Cluster`. */
export interface IoredisClient {
  call(command: string, args: string[]): Promise<unknown>;
}

/**
 * A store over an ioredis client, whether of one server or of a cluster. Give the client `enableOfflineQueue: false` and
 * `maxRetriesPerRequest: 0`, or takes that were given up reach the server when it is back, and count there.
 */
export function fromIoredis(client: IoredisClient): RespStore {
  return { command: ([name = "", ...args]) => client.call(name, args) };
}

/** What is used of a client of the package `redis` (node-redis). */
export interface NodeRedisClient {
  sendCommand(words: readonly string[]): Promise<unknown>;
}

/** A store over node-redis. Give the client `disableOfflineQueue: true`, for the same reason. */
export function fromNodeRedis(client: NodeRedisClient): RespStore {
  return { command: (words) => client.sendCommand(words) };
}

/** What is used of a cluster's client of the package `redis`. */
export interface NodeRedisCluster {
  sendCommand(firstKey: string, isReadonly: boolean, words: string[]): Promise<unknown>;
}

/** A store over node-redis' client of a cluster. */
export function fromNodeRedisCluster(cluster: NodeRedisCluster): RespStore {
  return { command: (words, key) => cluster.sendCommand(key, false, [...words]) };
}
