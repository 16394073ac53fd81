import { checkConfig } from "../../check.ts";
import type { EdgeConfig } from "../../config/index.ts";
import type { MetricsSnapshot } from "../../observe/metrics-snapshot.ts";
import { endpointStatus, upstreamStatus } from "../../observe/testing/statuses.ts";
import type { UpstreamStatus } from "../../observe/upstream-status.ts";
import type { EdgeControl } from "../edge-control.ts";

/** An edge of which nothing exists but its configuration, which is checked as a real one's is. */
export class MemoryControl implements EdgeControl {
  drains = 0;
  snapshot: MetricsSnapshot = {};
  /** Settles before changes are done. */
  draining: Promise<void> = Promise.resolve();
  #config: EdgeConfig;
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(config: EdgeConfig) {
    this.#config = config;
  }

  state(): "serving" | "draining" {
    return this.drains > 0 ? "draining" : "serving";
  }

  config(): EdgeConfig {
    return this.#config;
  }

  async update(next: (current: EdgeConfig) => EdgeConfig): Promise<{ drained: boolean }> {
    const change = this.#lastChange.then(() => {
      const config = next(this.#config);
      checkConfig(config);
      this.#config = config;
    });
    this.#lastChange = change.catch(() => {});
    await change;
    await this.draining;
    return { drained: true };
  }

  async clusters(): Promise<readonly UpstreamStatus[]> {
    return Object.entries(this.#config.upstreams).map(([name, { endpoints }]) =>
      upstreamStatus({ name, endpoints: endpoints.map(endpointStatus) }),
    );
  }

  async metrics(): Promise<MetricsSnapshot> {
    return this.snapshot;
  }

  drain(): void {
    this.drains += 1;
  }
}
