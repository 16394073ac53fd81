import uPlot from "./uplot.js";

const DAYS = 30;
const DAY_S = 86_400;

/** @type {{ plot: uPlot, place: HTMLElement, days: { day: string, clicks: number }[] } | undefined} */
let drawn;

/**
 * Draws clicks per day as bars, the last 30 days up to today, days without any included.
 *
 * @param {HTMLElement} place @param {{ day: string, clicks: number }[]} days
 */
export function drawChart(place, days) {
  const data = dataOf(days);
  if (drawn?.place === place) {
    drawn.days = days;
    drawn.plot.setData(data);
    return;
  }
  drawn?.plot.destroy();
  drawn = { plot: new uPlot(optionsFor(place), data, place), place, days };
}

new ResizeObserver(() => {
  if (drawn && drawn.place.clientWidth > 0) drawn.plot.setSize(sizeOf(drawn.place));
}).observe(document.getElementById("chart") ?? document.body);

// Colours are baked into a drawing: another scheme needs another one.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  if (!drawn) return;
  const { place, days, plot } = drawn;
  plot.destroy();
  drawn = undefined;
  drawChart(place, days);
});

/** @param {{ day: string, clicks: number }[]} days @returns {[number[], number[]]} */
function dataOf(days) {
  const counts = new Map(days.map(({ day, clicks }) => [Date.parse(`${day}T00:00:00Z`) / 1000, clicks]));
  const today = Math.floor(Date.now() / 1000 / DAY_S) * DAY_S;
  const times = Array.from({ length: DAYS }, (_, index) => today - (DAYS - 1 - index) * DAY_S);
  return [times, times.map((time) => counts.get(time) ?? 0)];
}

/** @param {HTMLElement} place */
function sizeOf(place) {
  return { width: Math.max(place.clientWidth, 200), height: 180 };
}

/** @param {HTMLElement} place @returns {uPlot.Options} */
function optionsFor(place) {
  const style = getComputedStyle(document.documentElement);
  const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const axis = { stroke: colour("--ink-soft"), font: "12px system-ui, sans-serif", ticks: { show: false } };
  const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
  return {
    ...sizeOf(place),
    padding: [12, 8, 0, 0],
    cursor: { show: false },
    legend: { show: false },
    tzDate: (time) => uPlot.tzDate(new Date(time * 1000), "UTC"),
    scales: {
      x: { range: (_plot, min, max) => [min - DAY_S / 2, max + DAY_S / 2] },
      y: { range: (_plot, _min, max) => [0, Math.max(4, max * 1.1)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        space: 72,
        values: (_plot, times) => times.map((time) => day.format(time * 1000)),
        incrs: [DAY_S * 2, DAY_S * 5, DAY_S * 7, DAY_S * 10, DAY_S * 15],
      },
      {
        ...axis,
        size: 44,
        grid: { stroke: colour("--line"), width: 1 },
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7],
        values: (_plot, counts) =>
          counts.map((count) => Intl.NumberFormat(undefined, { notation: "compact" }).format(count)),
      },
    ],
    series: [
      {},
      {
        fill: colour("--accent"),
        stroke: colour("--accent"),
        width: 0,
        points: { show: false },
        paths: uPlot.paths.bars?.({ size: [0.7, 40], radius: 0.2 }),
      },
    ],
  };
}
