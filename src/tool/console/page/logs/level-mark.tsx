import type { JSX } from "preact";
import type { Level } from "../../../control-api/index.ts";
import { classOf } from "../../model/log-histogram.ts";

const SHORT: Readonly<Record<Level, string>> = {
  trace: "TRC",
  debug: "DBG",
  info: "INF",
  warn: "WRN",
  error: "ERR",
  fatal: "FTL",
};

/** A level as three letters, coloured; a dot where the entry says none. */
export function LevelMark({ level }: { readonly level: Level | undefined }): JSX.Element {
  if (level === undefined) return <span class="level level-none" title="says no level" />;
  return (
    <span class={`level level-${classOf(level)}`} title={level}>
      {SHORT[level]}
    </span>
  );
}
