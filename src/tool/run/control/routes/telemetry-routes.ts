import type { Clock } from "../../../../blocks/time/index.ts";
import type { SystemModel } from "../../../design/model.ts";
import { RunError } from "../../errors.ts";
import { withoutSecret } from "../../snapshot.ts";
import { logQueryFrom } from "../../telemetry/logs/index.ts";
import { metricQueryFrom, PROMETHEUS_CONTENT_TYPE } from "../../telemetry/metrics/index.ts";
import { numberIn, textIn } from "../../telemetry/query-parameters.ts";
import type { RunTelemetry } from "../../telemetry/run-telemetry.ts";
import { traceQueryFrom } from "../../telemetry/traces/index.ts";
import type { ControlRoute } from "../route.ts";

export interface TelemetryRoutesOptions {
  readonly model: SystemModel;
  readonly telemetry: RunTelemetry;
  readonly clock: Clock;
}

/** What was measured, traced and written of the present run. */
export function telemetryRoutes({
  model,
  telemetry,
  clock,
}: TelemetryRoutesOptions): readonly ControlRoute[] {
  const { metrics, traces, logs, marks } = telemetry;
  return [
    { method: "GET", path: "/v1/design", answer: () => ({ json: shownDesign(model) }) },
    { method: "GET", path: "/v1/figures", answer: () => ({ json: telemetry.figures() }) },
    {
      method: "GET",
      path: "/v1/requirements",
      answer: () => ({ json: { data: telemetry.requirements() } }),
    },
    { method: "GET", path: "/v1/telemetry", answer: () => ({ json: telemetry.status() }) },
    {
      method: "GET",
      path: "/v1/marks",
      answer({ query }) {
        const fromMs = numberIn(query, "fromMs", { min: 0 }) ?? 0;
        const toMs = numberIn(query, "toMs", { min: 0 }) ?? clock.wallMs();
        return { json: { data: marks.between(fromMs, toMs) } };
      },
    },
    {
      method: "GET",
      path: "/v1/metrics",
      answer: ({ query }) => ({ json: { data: metrics.list(textIn(query, "part")) } }),
    },
    {
      method: "GET",
      path: "/v1/metrics/query",
      answer: ({ query }) => ({ json: metrics.query(metricQueryFrom(query, clock.wallMs())) }),
    },
    {
      method: "GET",
      path: "/v1/metrics/heatmap",
      answer: ({ query }) => ({ json: metrics.heatmap(metricQueryFrom(query, clock.wallMs())) }),
    },
    {
      method: "GET",
      path: "/v1/traces",
      answer: ({ query }) => ({ json: { data: traces.search(traceQueryFrom(query)) } }),
    },
    {
      method: "GET",
      path: "/v1/traces/:trace",
      answer({ parameter }) {
        const id = parameter("trace");
        const view = traces.view(id);
        if (view) return { json: view };
        throw new RunError("NOT_FOUND", `there is no trace ${JSON.stringify(id.slice(0, 40))}, or no longer`);
      },
    },
    {
      method: "GET",
      path: "/v1/logs/search",
      answer: async ({ query }) => ({ json: await logs.search(logQueryFrom(query)) }),
    },
    {
      method: "GET",
      path: "/metrics",
      answer: () => ({ text: metrics.prometheusText(), type: PROMETHEUS_CONTENT_TYPE }),
    },
  ];
}

/** A design as a page may show it: passwords in URLs are left out, and values of variables, which may be secrets, too. */
function shownDesign(model: SystemModel): object {
  const parts = model.parts.map((part) => ({
    ...part,
    ...("url" in part && part.url !== undefined ? { url: withoutSecret(part.url) } : {}),
    ...("environment" in part ? { environment: namesOnly(part.environment) } : {}),
  }));
  return { ...model, parts };
}

function namesOnly(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.keys(environment).map((name) => [name, "…"]));
}
