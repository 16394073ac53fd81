import { formatDuration } from "../../design/quantities/duration.ts";
import { formatShare } from "../../design/quantities/share.ts";
import { formatSize } from "../../design/quantities/size.ts";
import { DEFAULT_FIGURES, type DefaultFigure } from "./default-figures.ts";

/** The defaults as a table of Markdown: what `docs/plan-defaults.md` prints. Pure. */
export function defaultsTable(): string {
  const rows = Object.entries<DefaultFigure>(DEFAULT_FIGURES).map(
    ([name, figure]) => `| \`${name}\` | ${figure.title} | ${valueText(figure)} | ${figure.publication} |`,
  );
  return ["| default | what | value | where it is from |", "|---|---|---|---|", ...rows].join("\n");
}

function valueText({ value, unit }: DefaultFigure): string {
  switch (unit) {
    case "ms":
      return formatDuration(value);
    case "bytes":
      return formatSize(value);
    case "share":
      return formatShare(value);
    case "per-second":
      return `${value}/s`;
    default:
      return String(value);
  }
}
