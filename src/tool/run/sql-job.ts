import { join, resolve } from "node:path";
import type { SqlServer } from "../../engines/sql/index.ts";
import type { DatabaseModel } from "../design/model.ts";
import type { PartHost } from "./part.ts";
import type { SingleJob } from "./single-part.ts";

/** Loaded where a design has a database: others need not pay for it. */
const engine = () => import("../../engines/sql/index.ts");

/** Runs PostgreSQL, and brings its schema up to date before anyone uses it. */
export function sqlJob(model: DatabaseModel, host: PartHost): SingleJob {
  let port: number | undefined;
  let server: SqlServer | undefined;
  // Once a run, and at each restart that was asked for: files that change meanwhile must not hinder a recovery.
  let migrated = false;
  return {
    id: model.name,
    part: model.name,
    life: "service",
    // Recovery after a crash replays the write-ahead log.
    startTimeoutMs: 120_000,
    stopTimeoutMs: 30_000,
    port: () => port,
    url: () => server?.url,
    onRestart() {
      migrated = false;
    },
    async launch({ onMissing }) {
      port ??= await host.ports.take(model.name);
      const { prepareSql } = await engine();
      server = await prepareSql({
        folder: join(host.stateFolder, model.name),
        port,
        role: host.system,
        database: model.name,
        clock: host.clock,
        onProgress: onMissing,
      });
      return server.launch;
    },
    async untilReady(_child, { signal, onMissing }) {
      if (!server) return;
      await server.ready({ signal, onMissing });
      if (migrated || model.migrations === undefined) return;
      onMissing("its migrations");
      const { migrate } = await engine();
      await migrate({
        url: server.url,
        folder: resolve(host.designFolder, model.migrations),
        onApplied: (file, ms) => host.notice(model.name, `migration ${file} applied in ${Math.round(ms)} ms`),
        signal,
      });
      migrated = true;
    },
  };
}
