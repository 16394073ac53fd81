import { computed, type ReadonlySignal } from "@preact/signals";
import { param } from "./address.ts";

/** The stored run that is looked at; undefined while it is the present one. Its times are those of the range, which has to stand then. */
export const run: ReadonlySignal<string | undefined> = computed(() => param("run"));

/** Where the API answers questions about metrics: `/v1/metrics/query`, or `/v1/runs/ID/metrics/query` of a stored run. */
export function metricsPath(rest: "" | "/query" | "/heatmap", of: string | undefined = run.value): string {
  return of === undefined ? `/v1/metrics${rest}` : `/v1/runs/${encodeURIComponent(of)}/metrics${rest}`;
}
