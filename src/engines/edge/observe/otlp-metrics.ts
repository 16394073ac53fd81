/**
 * Metrics as OpenTelemetry has them, made of what an edge has counted: by the semantic conventions of HTTP
 * (https://opentelemetry.io/docs/specs/semconv/http/http-metrics/) where those have a name, and as `trestle.edge.…` where they have
 * none. All are cumulative. Pure.
 */

import type {
  AnyValue,
  Attributes,
  Exemplar,
  HistogramPoint,
  MetricData,
  NumberPoint,
} from "../../../blocks/telemetry/otlp/model.ts";
import { BOUNDS_MS } from "./histogram.ts";
import { familyOf, type MetricName } from "./metric-families.ts";
import type { Sample } from "./metrics-snapshot.ts";
import { OTLP_NAMES, type OtlpName } from "./otlp-names.ts";
import type { EdgeReading, EndpointStatus, UpstreamStatus } from "./upstream-status.ts";

/** Of which time the numbers are. */
export interface MetricTimes {
  /** When counting began, in whole microseconds since the Unix epoch. */
  readonly startUs: number;
  readonly timeUs: number;
  /** When they were told last: exemplars up to then have been told. */
  readonly toldUs: number;
}

const BOUNDS_S: readonly number[] = BOUNDS_MS.map((ms) => ms / 1_000);
const NO_EXEMPLARS: readonly Exemplar[] = Object.freeze([]);

/** All that an edge tells of itself. */
export function otlpMetrics({ metrics, upstreams }: EdgeReading, times: MetricTimes): MetricData[] {
  const addresses = addressesOf(upstreams);
  const told: MetricData[] = [];
  for (const [name, row] of Object.entries(OTLP_NAMES) as [MetricName, OtlpName][]) {
    const samples = metrics[name];
    if (samples && samples.length > 0) told.push(metricOf(name, row, samples, addresses, times));
  }
  if (upstreams.length > 0) told.push(...endpointCounts(upstreams, times));
  return told;
}

function metricOf(
  name: MetricName,
  row: OtlpName,
  samples: readonly Sample[],
  addresses: ReadonlyMap<string, Attributes>,
  times: MetricTimes,
): MetricData {
  const { type, help, divisor = 1 } = familyOf(name);
  const base = { name: row.name, description: help, unit: row.unit };
  const pointOf = (sample: Sample) => ({
    attributes: attributesOf(row, sample.labels, addresses),
    startUs: type === "gauge" ? 0 : times.startUs,
    timeUs: times.timeUs,
  });
  if (type === "histogram") {
    const points = samples.map(
      (sample): HistogramPoint => ({
        ...pointOf(sample),
        count: sample.values.slice(0, -1).reduce((sum, count) => sum + count, 0),
        sum: (sample.values.at(-1) ?? 0) / divisor,
        bounds: BOUNDS_S,
        counts: sample.values.slice(0, -1),
        exemplars: sample.exemplars?.filter(({ timeUs }) => timeUs > times.toldUs) ?? NO_EXEMPLARS,
      }),
    );
    return { ...base, kind: "histogram", temporality: "cumulative", points };
  }
  const points = samples.map(
    (sample): NumberPoint => ({
      ...pointOf(sample),
      value: (sample.values[0] ?? 0) / divisor,
      exemplars: NO_EXEMPLARS,
    }),
  );
  return type === "gauge"
    ? { ...base, kind: "gauge", points }
    : { ...base, kind: "sum", temporality: "cumulative", monotonic: true, points };
}

/** Labels by their names as OpenTelemetry has them; those that say nothing are left out. */
function attributesOf(
  { attributes: names }: OtlpName,
  labels: readonly string[],
  addresses: ReadonlyMap<string, Attributes>,
): Attributes {
  const attributes: Record<string, AnyValue> = {};
  names.forEach((name, at) => {
    const label = labels[at] ?? "";
    if (label === "") return;
    if (name === "http.response.status_code") {
      const status = Number(label);
      if (Number.isInteger(status)) attributes[name] = status;
    } else attributes[name] = name === "http.request.method" && label === "other" ? "_OTHER" : label;
  });
  if (names[1] !== "trestle.endpoint") return attributes;
  return { ...attributes, ...addresses.get(JSON.stringify(labels.slice(0, 2))) };
}

/** `server.address` and `server.port` by upstream and endpoint. */
function addressesOf(upstreams: readonly UpstreamStatus[]): ReadonlyMap<string, Attributes> {
  return new Map(
    upstreams.flatMap(({ name, endpoints }) =>
      endpoints.map(({ id, host, port }): [string, Attributes] => [
        JSON.stringify([name, id]),
        { "server.address": host, "server.port": port },
      ]),
    ),
  );
}

/** How many endpoints of each upstream stand where: the edge's own view of them, in all its workers. */
function endpointCounts(upstreams: readonly UpstreamStatus[], times: MetricTimes): MetricData[] {
  const metric = (
    name: string,
    description: string,
    counts: (one: EndpointStatus) => boolean,
  ): MetricData => ({
    name: `trestle.edge.upstream.endpoints.${name}`,
    description,
    unit: "{endpoint}",
    kind: "gauge",
    points: upstreams.map((upstream) => ({
      attributes: { "trestle.peer": upstream.name },
      startUs: 0,
      timeUs: times.timeUs,
      value: upstream.endpoints.filter(counts).length,
      exemplars: NO_EXEMPLARS,
    })),
  });
  const usable = ({ state }: EndpointStatus) => state === "up" || state === "warming";
  return [
    metric("known", "Endpoints that there are.", () => true),
    metric("usable", "Endpoints that requests are sent to by all workers.", usable),
    metric(
      "ejected",
      "Endpoints that are left out since they failed requests.",
      ({ state }) => state === "ejected",
    ),
  ];
}
