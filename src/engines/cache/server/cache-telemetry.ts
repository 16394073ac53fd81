import { Epoch } from "../../../blocks/telemetry/epoch.ts";
import type { Clock, Random } from "../../../blocks/time/index.ts";
import { exporterTo } from "../../collector.ts";
import { cacheMetrics } from "../core/cache-metrics.ts";
import type { Engine } from "../core/index.ts";
import type { CacheTelemetryOptions } from "../options.ts";

const DEFAULT_INTERVAL_MS = 10_000;
/** How long the last metrics may take to go out when the cache closes. */
const CLOSE_MS = 1_000;

/** Sends a cache's metrics to a collector, until it is closed, and has some of its commands timed. Loaded only where there is one. */
export function startTelemetry(
  engine: Engine,
  options: CacheTelemetryOptions,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): { close(): Promise<void> } {
  const epoch = new Epoch(clock);
  const startUs = epoch.nowUs();
  engine.timer = () => clock.monotonicMs();
  const exporter = exporterTo(options, {
    clock,
    random,
    scope: "trestle.cache",
    metrics: {
      everyMs: options.metricsIntervalMs ?? DEFAULT_INTERVAL_MS,
      collect: () => cacheMetrics(engine, { startUs, timeUs: epoch.nowUs() }),
    },
  });
  return { close: () => exporter.close({ timeoutMs: CLOSE_MS }) };
}
