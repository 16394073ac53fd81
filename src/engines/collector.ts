import { createExporter, type Exporter } from "../blocks/telemetry/export/exporter.ts";
import type { MetricData } from "../blocks/telemetry/otlp/model.ts";
import type { Clock, Random } from "../blocks/time/index.ts";

/** A collector that an engine tells of itself, by OpenTelemetry's protocol over HTTP (OTLP, protobuf). Plain data. */
export interface CollectorOptions {
  /** The base URL of the collector, `http://127.0.0.1:4318`; `/v1/traces` and `/v1/metrics` follow. */
  readonly endpoint: string;
  /** Fields of each request to it, by name, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** As what the engine tells. */
  readonly service: {
    /** `service.name`: the part's. */
    readonly name: string;
    /** `service.instance.id`. Default: the name. */
    readonly instance?: string;
    /** `service.namespace`: of the system. Default: none. */
    readonly namespace?: string;
  };
}

/** What an engine sends. */
export interface ToldOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Which engine it is, such as `trestle.cache`. */
  readonly scope: string;
  /** Whether spans are sent. Default false. */
  readonly traces?: boolean;
  /** What has been measured, asked for every `everyMs`. Default: no metrics are sent. */
  readonly metrics?: { readonly everyMs: number; readonly collect: () => readonly MetricData[] };
}

/** Sends to a collector. Whoever imports this does so only once there is one: most engines run without. */
export function exporterTo(
  { endpoint, headers = {}, service }: CollectorOptions,
  { clock, random, scope, traces = false, metrics }: ToldOptions,
): Exporter {
  const base = endpoint.replace(/\/+$/, "");
  const to = (signal: string) => ({ url: new URL(`${base}/v1/${signal}`), headers });
  return createExporter({
    clock,
    random,
    resource: {
      attributes: {
        "service.name": service.name,
        "service.instance.id": service.instance ?? service.name,
        ...(service.namespace === undefined ? {} : { "service.namespace": service.namespace }),
        "process.pid": process.pid,
      },
    },
    scope: { name: scope, version: "" },
    endpoints: {
      ...(traces ? { traces: to("traces") } : {}),
      ...(metrics ? { metrics: to("metrics") } : {}),
    },
    collect: metrics?.collect ?? (() => []),
    ...(metrics ? { metricIntervalMs: metrics.everyMs } : {}),
  });
}
