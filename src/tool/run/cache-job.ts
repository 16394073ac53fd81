import { join } from "node:path";
import type { CacheModel } from "../design/model.ts";
import { startOverChannel } from "./engine-channel.ts";
import { engineLaunch } from "./launches.ts";
import type { PartHost } from "./part.ts";
import { secretAt } from "./secret.ts";
import type { SingleJob } from "./single-part.ts";
import { METRICS_INTERVAL_MS } from "./telemetry/telemetry-target.ts";

/**
 * Runs the cache engine. Its port and passwords stay as they are, since its users hold their URLs. Each has a password of his own, by
 * which the cache knows whose commands it counts.
 */
export function cacheJob(model: CacheModel, users: readonly string[], host: PartHost): SingleJob {
  const { name, memoryBytes } = model;
  const folder = join(host.stateFolder, name);
  const password = secretAt(join(folder, "password"));
  // Under the name `default` a cache counts those who have no name.
  const named = users.filter((user) => user !== "default");
  const passwords = new Map(named.map((user) => [user, secretAt(join(folder, "users", user))]));
  let port: number | undefined;
  const urlWith = (secret: string) =>
    port === undefined ? undefined : `redis://:${secret}@127.0.0.1:${port}`;
  return {
    id: name,
    part: name,
    life: "service",
    startTimeoutMs: 30_000,
    stopTimeoutMs: 10_000,
    port: () => port,
    url: () => urlWith(password),
    urlFor: (user) => urlWith(passwords.get(user) ?? password),
    async launch() {
      port ??= await host.ports.take(name);
      return engineLaunch("cache", host.stateFolder, host.environment);
    },
    async untilReady(child, { signal, onMissing }) {
      onMissing(`port ${port} to open`);
      const telemetry = host.telemetry && {
        endpoint: host.telemetry.endpoint,
        headers: host.telemetry.headers,
        service: { name, namespace: host.telemetry.namespace },
        metricsIntervalMs: METRICS_INTERVAL_MS,
      };
      const options = { port, memoryBytes, password, users: Object.fromEntries(passwords) };
      await startOverChannel(child, { ...options, ...(telemetry ? { telemetry } : {}) }, signal);
    },
  };
}
