import type { OwnFigure } from "../../../../control-api/index.ts";
import type { ServiceModel } from "../../../../design/model.ts";
import type { OwnSources } from "./own-sources.ts";

/** From which share of its time on an event loop has no room left for bursts. */
const LOOP_WARN = 0.9;
/** SDKs tell their metrics once a minute unless they are told otherwise. */
const SDK_AGE_MAX_MS = 90_000;

/** Of a service: how many replicas serve of those that shall, and how busy the busiest event loop is where its SDK tells. */
export function serviceFigures({ model, replicas, reader }: OwnSources<ServiceModel>): OwnFigure[] {
  const figures: OwnFigure[] = [];
  if (model.url === undefined) {
    const wanted = replicas.length;
    const ready = replicas.filter(({ state }) => state.is === "ready").length;
    const figure = { label: "ready", value: ready, unit: "count" } as const;
    const why = ready === 0 ? "no replica serves" : `${ready} of ${wanted} replicas serve`;
    if (ready === wanted) figures.push(figure);
    else figures.push({ ...figure, level: ready === 0 ? "bad" : "warn", why });
  }
  const loops = reader.lastBy(
    { name: "nodejs.eventloop.utilization", part: model.name },
    "replica",
    SDK_AGE_MAX_MS,
  );
  if (loops.size > 0) {
    let busiest = "";
    let share = -1;
    for (const [replica, value] of loops) if (value > share) [busiest, share] = [replica, value];
    const figure = { label: "event loop", value: share, unit: "share" } as const;
    const why = `the event loop of ${busiest} is never idle: its requests wait for each other`;
    figures.push(share < LOOP_WARN ? figure : { ...figure, level: "warn", why });
  }
  return figures;
}
