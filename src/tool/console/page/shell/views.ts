import type { ComponentType } from "preact";
import type { IconName } from "../ui/icon.tsx";

/** One view of the page. It is loaded when it is first opened, and reads what it shows from the address. */
export interface View {
  /** As the address has it: `?view=part`. */
  readonly id: string;
  readonly title: string;
  /** Where there is little room. Default the title. */
  readonly short?: string;
  readonly icon: IconName;
  /** The key that opens it, after `g`. */
  readonly key: string;
  readonly load: () => Promise<ComponentType>;
}

/**
 * All views, in the order of the navigation. A view's styles are one more `@import` in `style/index.css`: a style sheet that came with a
 * chunk would not be loaded.
 */
export const VIEWS: readonly View[] = [
  {
    id: "map",
    title: "Map",
    icon: "map",
    key: "m",
    load: async () => (await import("../map/map-view.tsx")).MapView,
  },
  {
    id: "part",
    title: "Parts",
    icon: "part",
    key: "p",
    load: async () => (await import("../part/part-view.tsx")).PartView,
  },
  {
    id: "traces",
    title: "Traces",
    icon: "traces",
    key: "t",
    load: async () => (await import("../traces/traces-view.tsx")).TracesView,
  },
  {
    id: "logs",
    title: "Logs",
    icon: "logs",
    key: "l",
    load: async () => (await import("../logs/logs-view.tsx")).LogsView,
  },
  {
    id: "data",
    title: "Data",
    icon: "data",
    key: "d",
    load: async () => (await import("../data/data-view.tsx")).EngineData,
  },
  {
    id: "requirements",
    title: "Requirements",
    short: "Required",
    icon: "requirements",
    key: "r",
    load: async () => (await import("../requirements/requirements-view.tsx")).RequirementsView,
  },
  {
    id: "runs",
    title: "Runs",
    icon: "runs",
    key: "u",
    load: async () => (await import("../runs/runs-view.tsx")).RunsView,
  },
];
