import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Mark } from "../../../control-api/index.ts";
import { get } from "../state/api.ts";
import { marks } from "../state/live.ts";
import { run } from "../state/run.ts";

const ofRun = signal<{ readonly run: string; readonly marks: readonly Mark[] } | undefined>(undefined);

// Asked once for a stored run, which changes no more, and not by each chart. A chart without marks is still a chart: what fails is let be.
effect(() => {
  const { value } = run;
  if (value === undefined) return;
  const controller = new AbortController();
  get<{ data: readonly Mark[] }>(`/v1/runs/${encodeURIComponent(value)}/marks`, {}, controller.signal).then(
    ({ data }) => {
      ofRun.value = { run: value, marks: data };
    },
    () => undefined,
  );
  return () => controller.abort();
});

/** The marks of what is shown: of the present run, as they come, or of the stored one that is looked at. */
export const shownMarks: ReadonlySignal<readonly Mark[]> = computed(() => {
  if (run.value === undefined) return marks.value;
  return ofRun.value?.run === run.value ? ofRun.value.marks : [];
});
