import { useMemo } from "preact/hooks";
import type { RunInfo } from "../../../control-api/index.ts";
import { durationMsOf, spanInWords } from "../../model/duration.ts";
import { momentText } from "../../model/format.ts";
import { go } from "../state/address.ts";
import { useAnswer } from "../state/api.ts";
import { system } from "../state/live.ts";
import { RANGES, showLast, togglePause } from "../state/range.ts";
import { setTheme } from "../state/theme.ts";
import { type IconName, iconOfKind } from "../ui/icon.tsx";
import { tell } from "../ui/toast.tsx";
import { overlay } from "./overlay-state.ts";
import { VIEWS } from "./views.ts";

/** Something that the palette finds. */
export interface Command {
  readonly id: string;
  readonly title: string;
  /** What sort of thing it is. */
  readonly group: string;
  readonly icon: IconName;
  readonly keys?: string;
  readonly run: () => void;
}

const RUNS_MAX = 50;

/** Everything that can be found now. What was typed is one of them where it is a trace's id or a span of time. */
export function useCommands(text: string): readonly Command[] {
  const { data: runs } = useAnswer<{ data: readonly RunInfo[] }>("/v1/runs");
  const parts = system.value?.parts;
  return useMemo(() => {
    const ofParts = (parts ?? []).map(
      ({ name, kind }): Command => ({
        id: `part ${name}`,
        title: name,
        group: kind,
        icon: iconOfKind(kind),
        run: () => go("part", { part: name }),
      }),
    );
    const ofRuns = (runs?.data ?? []).slice(0, RUNS_MAX).map(
      (run): Command => ({
        id: `run ${run.id}`,
        title: `Run ${run.label ?? momentText(run.startedMs)}`,
        group: run.current ? "present run" : "run",
        icon: "runs",
        run: () => go("runs", { a: run.id }),
      }),
    );
    return [...typed(text), ...views(), ...ofParts, ...actions(), ...ofRuns];
  }, [text, parts, runs]);
}

function typed(text: string): Command[] {
  const found: Command[] = [];
  const compact = text.trim().toLowerCase();
  if (/^[0-9a-f]{32}$/.test(compact)) {
    const run = () => go("traces", { trace: compact });
    found.push({ id: "trace", title: compact, group: "open this trace", icon: "traces", run });
  }
  if (durationMsOf(compact) !== undefined) {
    found.push({
      id: "span",
      title: compact,
      group: `show the ${spanInWords(compact)}`,
      icon: "clock",
      run: () => showLast(compact),
    });
  }
  return found;
}

function views(): Command[] {
  return VIEWS.map(({ id, title, icon, key }) => ({
    id: `view ${id}`,
    title,
    group: "view",
    icon,
    keys: `g ${key}`,
    run: () => go(id),
  }));
}

function actions(): Command[] {
  return [
    { id: "pause", title: "Pause or go on", group: "action", icon: "pause", keys: "Space", run: togglePause },
    { id: "copy", title: "Copy a link to what is shown", group: "action", icon: "copy", run: copyLink },
    {
      id: "theme auto",
      title: "Theme: as the system",
      group: "action",
      icon: "auto",
      run: () => setTheme("auto"),
    },
    { id: "theme light", title: "Theme: light", group: "action", icon: "sun", run: () => setTheme("light") },
    { id: "theme dark", title: "Theme: dark", group: "action", icon: "moon", run: () => setTheme("dark") },
    ...RANGES.map(
      (span, at): Command => ({
        id: `range ${span}`,
        title: `Show the ${spanInWords(span)}`,
        group: "time",
        icon: "clock",
        keys: String(at + 1),
        run: () => showLast(span),
      }),
    ),
    {
      id: "help",
      title: "Keys",
      group: "help",
      icon: "help",
      keys: "?",
      run: () => {
        overlay.value = "help";
      },
    },
  ];
}

function copyLink(): void {
  navigator.clipboard.writeText(location.href).then(
    () => tell("Copied: whoever opens it needs the key too"),
    () => tell("The browser does not let this page copy", "bad"),
  );
}
