import type { JSX } from "preact";

/** Strokes on a field of 16 by 16, drawn for this page. */
const PATHS = {
  map: "M2.5 3.5h3v3h-3zM10.5 2.5h3v3h-3zM10.5 10.5h3v3h-3zM5.5 5h2.5v7h2.5M8 4h2.5",
  part: "M8 1.8 13.5 5v6L8 14.2 2.5 11V5zM2.5 5 8 8.2 13.5 5M8 8.2v6",
  traces: "M2 3.5h7M4.5 8h6M7.5 12.5H14",
  logs: "M2.5 3.5h11M2.5 6.5h7M2.5 9.5h9M2.5 12.5h5",
  data: "M3 4c0-1.1 2.2-2 5-2s5 .9 5 2-2.2 2-5 2-5-.9-5-2zM3 4v8c0 1.1 2.2 2 5 2s5-.9 5-2V4M3 8c0 1.1 2.2 2 5 2s5-.9 5-2",
  requirements: "M8 1.8 13 4v4c0 3-2 5.2-5 6.2C5 13.2 3 11 3 8V4zM5.8 8l1.6 1.6 3-3.2",
  runs: "M2.5 13.5v-5M6.2 13.5V4M9.8 13.5V6.5M13.5 13.5v-11",
  search: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.4 10.4 14 14",
  pause: "M5.5 3v10M10.5 3v10",
  play: "M4.5 2.8v10.4L13 8z",
  sun: "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6zM8 1.2v1.4M8 13.4v1.4M1.2 8h1.4M13.4 8h1.4M3.2 3.2l1 1M11.8 11.8l1 1M3.2 12.8l1-1M11.8 4.2l1-1",
  moon: "M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1z",
  auto: "M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2zM8 2.2v11.6M10 3v10M12 4.5v7",
  help: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM6.2 6.2c.2-1.1 1-1.6 1.9-1.6 1 0 1.8.7 1.8 1.6 0 1.4-1.9 1.5-1.9 2.9M8 11.4v.1",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  check: "M3 8.5l3.2 3.2L13 4.8",
  warn: "M8 2.2 14.2 13H1.8zM8 6.5v3M8 11.3v.1",
  cross: "M4 4l8 8M12 4l-8 8",
  clock: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 4.8V8l2.2 1.6",
  down: "M4 6.2 8 10.2l4-4",
  right: "M6.2 4l4 4-4 4",
  left: "M9.8 4l-4 4 4 4",
  up: "M4 9.8l4-4 4 4",
  restart: "M13 8a5 5 0 1 1-1.5-3.6M13 2v3h-3",
  stop: "M4 4h8v8H4z",
  scale: "M2.5 9.5v4h4M13.5 6.5v-4h-4M2.5 13.5 6.8 9.2M13.5 2.5 9.2 6.8",
  link: "M6.5 9.5l3-3M7 4.5 8.8 2.7a3 3 0 0 1 4.4 4.4L11.5 9M9 11.5l-1.8 1.8a3 3 0 0 1-4.4-4.4L4.5 7",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  filter: "M2 3h12L9.5 8.5V13l-3-1.5v-3z",
  table: "M2.5 3h11v10h-11zM2.5 6.5h11M2.5 9.8h11M6.5 6.5V13",
  zoomOut: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.4 10.4 14 14M5 7h4",
  more: "M3.5 8h.1M8 8h.1M12.5 8h.1",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  command:
    "M5.5 5.5h5v5h-5zM5.5 5.5V4A1.5 1.5 0 1 0 4 5.5zM10.5 5.5H12A1.5 1.5 0 1 0 10.5 4zM10.5 10.5V12a1.5 1.5 0 1 0 1.5-1.5zM5.5 10.5H4A1.5 1.5 0 1 0 5.5 12z",
  download: "M8 2.5v7M5 6.6l3 3 3-3M3 13h10",
  external: "M9.5 2.5h4v4M13.5 2.5 7.5 8.5M11.5 9v4.5h-9v-9H7",
  service: "M2.5 3h11v4h-11zM2.5 9h11v4h-11zM4.8 5h.1M4.8 11h.1",
  edge: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM2 8h12M8 2c2 1.8 2.6 3.8 2.6 6S10 12.2 8 14c-2-1.8-2.6-3.8-2.6-6S6 3.8 8 2z",
  cache: "M9 1.8 3.5 9H8l-1 5.2L12.5 7H8z",
  database:
    "M3 4c0-1.1 2.2-2 5-2s5 .9 5 2-2.2 2-5 2-5-.9-5-2zM3 4v8c0 1.1 2.2 2 5 2s5-.9 5-2V4M3 8c0 1.1 2.2 2 5 2s5-.9 5-2",
  task: "M2.5 4l1.2 1.2L6 2.9M8 4h5.5M2.5 8.5l1.2 1.2L6 7.4M8 8.5h5.5M2.8 13h2.4M8 13h5.5",
} as const;

export type IconName = keyof typeof PATHS;

/** Names the icon of a part's kind; of a kind that is not known here, a part's. */
export function iconOfKind(kind: string): IconName {
  return kind in PATHS ? (kind as IconName) : "part";
}

/** A drawing beside words, or instead of them where `title` names it; without one it is not read out. */
export function Icon({
  name,
  title,
  size = 16,
}: {
  readonly name: IconName;
  readonly title?: string;
  readonly size?: number;
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: it is named by aria-label, or stands beside its words.
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      {...(title ? { role: "img", "aria-label": title } : { "aria-hidden": "true" })}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
