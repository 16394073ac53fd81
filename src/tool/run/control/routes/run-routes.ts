import { readdirSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../../../blocks/time/index.ts";
import type { RunInfo } from "../../../control-api/index.ts";
import { RunError } from "../../errors.ts";
import { listRuns, type StoredRun } from "../../run-history.ts";
import { logQueryFrom, searchStoredLogs } from "../../telemetry/logs/index.ts";
import { marksOf } from "../../telemetry/marks/stored-marks.ts";
import { metricQueryFrom, StoredRuns } from "../../telemetry/metrics/index.ts";
import { numberIn, textIn } from "../../telemetry/query-parameters.ts";
import { readRequirements } from "../../telemetry/run-requirements.ts";
import { readSummary } from "../../telemetry/run-summary.ts";
import { readStoredTraces, traceQueryFrom } from "../../telemetry/traces/index.ts";
import type { ControlRequest, ControlRoute } from "../route.ts";

export interface RunRoutesOptions {
  readonly stateFolder: string;
  /** The id of the present run. */
  readonly current: string;
  readonly clock: Clock;
}

/** The runs that are kept on disk, asked as the present one is: `/v1/runs/ID/…` in the place of `/v1/…`. */
export function runRoutes({ stateFolder, current, clock }: RunRoutesOptions): readonly ControlRoute[] {
  const stored = new StoredRuns();
  const runOf = ({ parameter }: ControlRequest): StoredRun => {
    const id = parameter("run");
    const run = listRuns(stateFolder).find((one) => one.id === id);
    if (run) return run;
    throw new RunError("NOT_FOUND", `no run ${JSON.stringify(id.slice(0, 60))} is kept`);
  };
  const metricsOf = (request: ControlRequest) => stored.read(runOf(request).folder);
  return [
    {
      method: "GET",
      path: "/v1/runs",
      answer: () => ({
        json: {
          data: listRuns(stateFolder)
            .map((run) => infoOf(run, current))
            .reverse(),
        },
      }),
    },
    {
      method: "GET",
      path: "/v1/runs/:run/metrics",
      answer: async (request) => ({
        json: { data: (await metricsOf(request)).list(textIn(request.query, "part")) },
      }),
    },
    {
      method: "GET",
      path: "/v1/runs/:run/metrics/query",
      async answer(request) {
        const metrics = await metricsOf(request);
        return { json: metrics.query(metricQueryFrom(request.query, metrics.toMs)) };
      },
    },
    {
      method: "GET",
      path: "/v1/runs/:run/metrics/heatmap",
      async answer(request) {
        const metrics = await metricsOf(request);
        return { json: metrics.heatmap(metricQueryFrom(request.query, metrics.toMs)) };
      },
    },
    {
      method: "GET",
      path: "/v1/runs/:run/marks",
      async answer(request) {
        const text = await readFile(join(runOf(request).folder, "events.jsonl"), "utf8").catch(() => "");
        const fromMs = numberIn(request.query, "fromMs", { min: 0 }) ?? 0;
        const toMs = numberIn(request.query, "toMs", { min: 0 }) ?? clock.wallMs();
        return { json: { data: marksOf(text).between(fromMs, toMs) } };
      },
    },
    {
      method: "GET",
      path: "/v1/runs/:run/requirements",
      answer: (request) => ({ json: { data: readRequirements(runOf(request).folder) } }),
    },
    {
      method: "GET",
      path: "/v1/runs/:run/traces",
      async answer(request) {
        const traces = await readStoredTraces(runOf(request).folder, clock);
        return { json: { data: traces.search(traceQueryFrom(request.query)) } };
      },
    },
    {
      method: "GET",
      path: "/v1/runs/:run/traces/:trace",
      async answer(request) {
        const view = (await readStoredTraces(runOf(request).folder, clock)).view(request.parameter("trace"));
        if (view) return { json: view };
        throw new RunError("NOT_FOUND", "this trace was not kept with the run");
      },
    },
    {
      method: "GET",
      path: "/v1/runs/:run/logs/search",
      answer: async (request) => ({
        json: await searchStoredLogs(runOf(request).folder, logQueryFrom(request.query), { clock }),
      }),
    },
  ];
}

function infoOf({ id, folder, startedMs, endedMs, label, verdicts }: StoredRun, current: string): RunInfo {
  const { lastMs = endedMs ?? startedMs, requests = 0, errors = 0, p99Ms } = readSummary(folder) ?? {};
  return {
    id,
    startedMs,
    current: id === current,
    lastMs,
    verdicts,
    requests,
    errors,
    bytes: bytesIn(folder),
    ...(endedMs === undefined ? {} : { endedMs }),
    ...(p99Ms === undefined ? {} : { p99Ms }),
    ...(label === undefined ? {} : { label }),
  };
}

function bytesIn(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    // Some file may have been renamed in this moment.
    if (entry.isFile())
      bytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}
