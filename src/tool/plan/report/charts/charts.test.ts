import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { barChart, chartRules, DARK, LIGHT, type LineChart, lineChart } from "./index.ts";
import { scaleOf } from "./scale.ts";
import { escaped } from "./svg.ts";

const CHART: LineChart = {
  title: "Load",
  description: "Requests per second over a minute.",
  x: { label: "time", unit: "ms" },
  spans: [{ from: 10_000, to: 20_000, label: "overload" }],
  panels: [
    {
      title: "Answers",
      y: { label: "requests", unit: "per-second" },
      lines: [
        {
          name: "offered",
          role: "quiet",
          points: [
            [0, 100],
            [60_000, 100],
          ],
        },
        {
          name: "answered",
          points: [
            [0, 0],
            [20_000, 50],
            [30_000, null],
            [40_000, 100],
            [60_000, 0],
          ],
        },
      ],
      bound: { value: 80, label: "required: at least 80/s" },
    },
  ],
};

const texts = (svg: string) =>
  [...svg.matchAll(/<t(?:ext|span)[^>]*>([^<]*)<\/t/g)].map(([, words]) => words);

test("a chart of lines says what is on its axes, in its legend and in its shades, and for those who cannot see it what it shows", () => {
  const svg = lineChart(CHART);
  for (const words of [
    "Load",
    "Answers",
    "requests",
    "time",
    "offered",
    "answered",
    "overload",
    "20 s",
    "100/s",
  ]) {
    assert.ok(texts(svg).includes(words), `${words} is among ${texts(svg).join(", ")}`);
  }
  assert.match(svg, /role="img"/);
  assert.match(svg, /<title>Load<\/title>\n<desc>Requests per second over a minute\.<\/desc>/);
  assert.equal(lineChart(CHART), svg);
});

test("lines go where the values are, and are broken where there are none", () => {
  const svg = lineChart(CHART, { width: 640, panelHeight: 100 });
  const [, d = ""] =
    /d="([^"]*)" class="chart-line-0" stroke="[^"]*" stroke-width="2"/.exec(
      svg.slice(svg.indexOf("Answers")),
    ) ?? [];
  const places = [...d.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
  assert.equal(places.length, 4);
  assert.equal(d.match(/M/g)?.length, 2, "a null begins anew");
  const [left = 0, right = 0] = [places[0]?.[0], places[3]?.[0]];
  const bottom = places[0]?.[1] ?? 0;
  assert.ok(Math.abs((places[1]?.[0] ?? 0) - (left + (right - left) / 3)) < 0.2);
  assert.ok(Math.abs((places[1]?.[1] ?? 0) - (bottom - 50)) < 0.2, "half of the height");
  assert.ok(Math.abs((places[2]?.[1] ?? 0) - (bottom - 100)) < 0.2);
});

test("lines of one name look alike in all panels, and no two of six look alike without colours", () => {
  const points = [[0, 1]] as const;
  const lines = ["a", "b", "c", "d", "e", "f"].map((name) => ({ name, points }));
  const y = { label: "n", unit: "count" } as const;
  const svg = lineChart({
    ...CHART,
    spans: [],
    panels: [
      { y, lines },
      { y, lines: lines.toReversed() },
    ],
  });
  const strokes = [
    ...svg.matchAll(/class="(chart-line-\d)" stroke="([^"]*)"(?: stroke-dasharray="([^"]*)")?/g),
  ];
  const looks = new Map(strokes.map(([, name, , dash]) => [name, dash ?? ""]));
  assert.equal(strokes.length, 18, "in the legend and in two panels");
  assert.equal(looks.size, 6);
  assert.equal(new Set(looks.values()).size, 6);
  for (const [, name, , dash] of strokes) assert.equal(dash ?? "", looks.get(name));
});

test("bars are as long as their values, which stand behind them; what has no bound goes to the end", () => {
  const svg = barChart({
    title: "Latency",
    description: "",
    value: { label: "latency", unit: "ms" },
    series: ["p50", "p99"],
    groups: [
      { name: "one", values: [25, 50] },
      { name: "other", values: [null, Number.POSITIVE_INFINITY] },
    ],
    bound: { value: 40, label: "required" },
  });
  const widths = [...svg.matchAll(/width="([\d.]+)" height="12" class="chart-bar/g)].map(([, width]) =>
    Number(width),
  );
  assert.equal(widths.length, 3);
  assert.ok(Math.abs((widths[1] ?? 0) / (widths[0] ?? 1) - 2) < 0.01);
  assert.equal(widths[2], widths[1], "the axis ends at 50");
  for (const words of ["one", "other", "25 ms", "50 ms", "∞", "p50", "p99", "required"]) {
    assert.ok(texts(svg).includes(words), words);
  }
});

test("axes have round numbers, begin at nothing and hold what is drawn along them", () => {
  const value = fc.double({ min: 1e-6, max: 1e12, noNaN: true });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1 }), fc.integer({ min: 2, max: 12 }), (values, ticksMax) => {
      const scale = scaleOf({ label: "", unit: "count" }, values, [0, 100], ticksMax);
      assert.ok(scale.from === 0 && scale.to >= Math.max(...values) * (1 - 1e-9));
      assert.ok(scale.ticks.length >= 2 && scale.ticks.length <= ticksMax + 1, `${scale.ticks.length} ticks`);
      for (const { value: at } of scale.ticks) {
        const [lead = ""] = at.toExponential(6).split("e");
        assert.ok(at === 0 || Number.isInteger(Number(lead) * 10), `${at} is no round number`);
      }
    }),
  );
});

test("times are told in the unit of their step, and logarithmic axes by powers of ten", () => {
  const time = { label: "", unit: "ms" } as const;
  const words = (toMs: number) => scaleOf(time, [toMs], [0, 100], 4).ticks.map(({ text }) => text);
  assert.deepEqual(words(40), ["0", "10 ms", "20 ms", "30 ms", "40 ms"]);
  assert.deepEqual(words(60_000), ["0", "15 s", "30 s", "45 s", "60 s"]);
  assert.deepEqual(words(240_000), ["0", "1 min", "2 min", "3 min", "4 min"]);
  assert.deepEqual(words(86_400_000), ["0", "6 h", "12 h", "18 h", "24 h"]);
  assert.deepEqual(words(4 * 86_400_000), ["0", "1 d", "2 d", "3 d", "4 d"]);
  const log = scaleOf({ ...time, scale: "log" }, [0, 3, 40, 900], [100, 0], 5);
  assert.deepEqual(
    log.ticks.map(({ value, text }) => [text, log.place(value)]),
    [
      ["1 ms", 100],
      ["10 ms", 100 - 100 / 3],
      ["100 ms", 100 - 200 / 3],
      ["1 s", 0],
    ],
  );
  const short = scaleOf({ ...time, scale: "log" }, [30, 90], [100, 0], 4);
  assert.deepEqual(
    short.ticks.map(({ text }) => text),
    ["10 ms", "20 ms", "50 ms", "100 ms"],
  );
  assert.equal(log.place(0), 100, "what is not above 0 lies at the lower edge");
});

test("nothing that is named or said becomes markup, and nothing of it breaks the document", () => {
  const svg = lineChart({ ...CHART, title: `<script>alert("1")</script>&`, description: "]]>\u0000\ud800" });
  assert.ok(!svg.includes("<script"));
  assert.ok(svg.includes("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;"));
  const wild = fc.string({ unit: "binary" });
  fc.assert(
    fc.property(wild, (words) => {
      assert.doesNotMatch(escaped(words), /[<>"']|[^\P{Cc}\t\n\r\u007f-\u009f]/u);
      assert.ok(escaped(words).isWellFormed());
    }),
  );
});

test("what has no values, or nothing but one, still makes a chart", () => {
  const y = { label: "n", unit: "count" } as const;
  for (const scale of ["linear", "log"] as const) {
    for (const points of [[], [[0, 0]], [[5, null]], [[5, Number.POSITIVE_INFINITY]]] as const) {
      const svg = lineChart({
        ...CHART,
        spans: [],
        panels: [{ y: { ...y, scale }, lines: [{ name: "a", points }] }],
      });
      assert.ok(!/NaN|Infinity|undefined/.test(svg), svg);
    }
  }
  assert.ok(!/NaN|Infinity/.test(barChart({ title: "", description: "", value: y, series: [], groups: [] })));
  assert.throws(() => lineChart(CHART, { width: 100 }), RangeError);
  assert.throws(() => lineChart(CHART, { panelHeight: 10 }), RangeError);
});

/** Relative luminance, and contrast, as WCAG 2.2 defines them. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string) => {
    const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
    const [r = 0, g = 0, b = 0] = parts.map((part) =>
      part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [a, b] = [luminance(one) + 0.05, luminance(other) + 0.05];
  return Math.max(a, b) / Math.min(a, b);
}

test("text and lines have a contrast of 4.5 to 1, on the card and in its shades, by light and by dark", () => {
  for (const colours of [LIGHT, DARK]) {
    for (const ground of [colours.card, colours.shade]) {
      for (const colour of [colours.ink, colours.quiet, colours.bound, ...colours.lines]) {
        assert.ok(contrast(colour, ground) >= 4.5, `${colour} on ${ground}: ${contrast(colour, ground)}`);
      }
    }
  }
});

test("a chart follows its reader's colour scheme by itself, or leaves that to the page", () => {
  assert.ok(lineChart(CHART).includes(`@media (prefers-color-scheme:dark){${chartRules(DARK)}}`));
  const bare = lineChart(CHART, { style: false });
  assert.ok(!bare.includes("<style") && !bare.includes("style="));
  // Whatever is coloured has a class, and each class a rule.
  const rules = chartRules(DARK, ".dark ");
  for (const [, name] of bare.matchAll(/class="([^"]*)"/g))
    assert.ok(rules.includes(`.dark .${name}{`), name);
  for (const [tag] of bare.matchAll(/<[^>]*(?:fill|stroke)="#[^>]*>/g)) assert.match(tag, /class="/);
});
