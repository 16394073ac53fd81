import type { TracesModel } from "../../design/model.ts";

/** Where the parts of a system send their telemetry, and what of it they shall send. */
export interface TelemetryTarget {
  /** The base URL of the supervisor's own receiver. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The system's name. */
  readonly namespace: string;
  readonly traces: TracesModel;
}

/** How often engines tell their metrics: the map shows each second. */
export const METRICS_INTERVAL_MS = 1_000;

/**
 * What a program finds in its environment, so that any OpenTelemetry SDK sends to the receiver unasked
 * (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/). Edges decide what is sampled, and a
 * program that is asked by nobody traces what it does by itself.
 */
export function openTelemetryVariables(
  { endpoint, headers, namespace }: TelemetryTarget,
  part: string,
  replica: string,
): Record<string, string> {
  const fields = Object.entries(headers).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return {
    OTEL_SERVICE_NAME: part,
    OTEL_RESOURCE_ATTRIBUTES: `service.instance.id=${replica},service.namespace=${namespace}`,
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
    OTEL_EXPORTER_OTLP_HEADERS: fields.join(","),
    OTEL_TRACES_SAMPLER: "parentbased_always_on",
    // By default it is a minute, which is long when one watches.
    OTEL_METRIC_EXPORT_INTERVAL: "5000",
    // The bounds advised for calls of databases have one between 100 and 500 ms: a p99 read from them may be off by as much.
    OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: "base2_exponential_bucket_histogram",
  };
}
