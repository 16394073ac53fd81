import { join } from "node:path";
import type { CacheModel } from "../design/model.ts";
import { startOverChannel } from "./engine-channel.ts";
import { engineLaunch } from "./launches.ts";
import type { PartHost } from "./part.ts";
import { secretAt } from "./secret.ts";
import type { SingleJob } from "./single-part.ts";

/** Runs the cache engine. Its port and password stay as they are, since its users hold its URL. */
export function cacheJob(model: CacheModel, host: PartHost): SingleJob {
  const password = secretAt(join(host.stateFolder, model.name, "password"));
  let port: number | undefined;
  return {
    id: model.name,
    part: model.name,
    life: "service",
    startTimeoutMs: 30_000,
    stopTimeoutMs: 10_000,
    port: () => port,
    url: () => (port === undefined ? undefined : `redis://:${password}@127.0.0.1:${port}`),
    async launch() {
      port ??= await host.ports.take(model.name);
      return engineLaunch("cache", host.stateFolder, host.environment);
    },
    async untilReady(child, { signal, onMissing }) {
      onMissing(`port ${port} to open`);
      await startOverChannel(child, { port, memoryBytes: model.memoryBytes, password }, signal);
    },
  };
}
