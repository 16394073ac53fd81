import type { JSX } from "preact";
import type { MetricInfo, PartSnapshot } from "../../../control-api/index.ts";
import { formatOfUnit } from "../../model/format.ts";
import { ownGroups, requestQueries, requestWord } from "../../model/part-metrics.ts";
import { Heatmap } from "../chart/heatmap.tsx";
import { LineChart } from "../chart/line-chart.tsx";

const HITS = [
  ["redis.keyspace.hits", "hits"],
  ["redis.keyspace.misses", "misses"],
] as const;

/** Rate, errors, latency; CPU and memory by replica: what every part has. */
export function PartCharts({
  part,
  infos,
}: {
  readonly part: PartSnapshot;
  readonly infos: readonly MetricInfo[] | undefined;
}): JSX.Element {
  const requests = infos && requestQueries(part.name, infos);
  const word = requestWord(part.kind);
  const isRun = !part.external;
  return (
    <section class="charts" aria-labelledby="part-charts">
      <h2 class="unseen" id="part-charts">
        Charts
      </h2>
      {requests && (
        <>
          <LineChart
            title={word}
            note={requests.source}
            part={part.name}
            metric={{ ...requests.rate, ...(requests.by === undefined ? {} : { by: requests.by }) }}
            format="per-second"
          />
          {requests.failed && (
            <LineChart
              title="Errors"
              empty="None failed in this time"
              part={part.name}
              metric={{ ...requests.failed, label: "failed" }}
              format="per-second"
            />
          )}
          <LineChart
            title="Latency"
            part={part.name}
            metric={(["p50", "p90", "p99"] as const).map((as) => ({ ...requests.duration, as, label: as }))}
          />
          <Heatmap title="Latency distribution" metric={requests.duration} />
        </>
      )}
      {part.kind === "cache" && isRun && (
        <LineChart
          title="Hits and misses"
          part={part.name}
          metric={HITS.map(([name, label]) => ({ name, part: part.name, as: "rate", label }))}
          format="per-second"
        />
      )}
      {isRun && (
        <>
          <LineChart
            title="CPU"
            note="processors in use"
            part={part.name}
            metric={{ name: "process.cpu.utilization", part: part.name, as: "value", by: "replica" }}
            format="cores"
          />
          <LineChart
            title="Memory"
            part={part.name}
            metric={{ name: "process.memory.usage", part: part.name, as: "value", by: "replica" }}
            format="bytes"
          />
        </>
      )}
    </section>
  );
}

/** A chart for each metric that the part's engine or program tells of by itself. */
export function OwnCharts({
  part,
  infos,
}: {
  readonly part: string;
  readonly infos: readonly MetricInfo[];
}): JSX.Element {
  return (
    <>
      {ownGroups(part, infos).map((group) => (
        <section key={group.title} class="own" aria-label={group.title}>
          <h2>{group.title}</h2>
          <div class="charts charts-small">
            {group.charts.map((chart) => (
              <LineChart
                key={chart.query.name}
                title={chart.title}
                part={part}
                metric={chart.query}
                heightPx={110}
                {...(chart.isRate ? { format: formatOfUnit(unitOf(infos, chart.query.name), true) } : {})}
              />
            ))}
          </div>
        </section>
      ))}
    </>
  );
}

function unitOf(infos: readonly MetricInfo[], name: string): string {
  return infos.find((info) => info.name === name)?.unit ?? "1";
}
