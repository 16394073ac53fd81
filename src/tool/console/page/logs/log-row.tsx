// biome-ignore-all lint/a11y/useSemanticElements: a table cannot be drawn row by row; the whole has the focus, and names its row by aria-activedescendant.
// biome-ignore-all lint/a11y/useFocusableInteractive: a table cannot be drawn row by row; the whole has the focus, and names its row by aria-activedescendant.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the whole has the keys.

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { LogEntry } from "../../../control-api/index.ts";
import { classOf } from "../../model/log-histogram.ts";
import { entryTime, wholeTime } from "../../model/log-time.ts";
import { VisibleText } from "../ui/visible-text.tsx";
import { LevelMark } from "./level-mark.tsx";
import { LogDetails } from "./log-details.tsx";

const FIELDS_INLINE = 6;
const FIELD_LENGTH = 80;
const TEXT_LENGTH = 600;

export interface LogRowProps {
  readonly entry: LogEntry;
  /** Its place among all rows. */
  readonly row: number;
  readonly topPx: number;
  readonly marked: readonly string[];
  readonly search: string;
  readonly isUtc: boolean;
  readonly withDay: boolean;
  readonly isOpen: boolean;
  readonly isActive: boolean;
  readonly onToggle: (id: number, isOpen: boolean) => void;
  readonly onPoint: (id: number) => void;
  /** Tells how high what is opened below the line is. */
  readonly onHeight: (id: number, px: number) => void;
}

/** One entry on a line, with what it says below it when it is open. */
export function LogRow(props: LogRowProps): JSX.Element {
  const { entry, row, marked, isUtc, withDay, isOpen, isActive } = props;
  const fields = Object.entries(entry.fields ?? {});
  return (
    <>
      <div
        id={`entry-${entry.id}`}
        class={`log-row log-${classOf(entry.level)}${isActive ? " log-active" : ""}${isOpen ? " log-open" : ""}`}
        role="row"
        aria-level={1}
        aria-rowindex={row + 1}
        aria-expanded={isOpen}
        style={{ "--top": `${props.topPx}px` }}
        onClick={() => {
          // Who marks text to copy it does not mean to open the line.
          if (getSelection()?.isCollapsed === false) return;
          props.onPoint(entry.id);
          props.onToggle(entry.id, !isOpen);
        }}
      >
        <span class="log-time mono" role="gridcell" title={wholeTime(entry.timeMs, isUtc)}>
          {entryTime(entry.timeMs, isUtc, withDay)}
        </span>
        <span class="log-level" role="gridcell">
          <LevelMark level={entry.level} />
        </span>
        <span class="log-part" role="gridcell" title={entry.replica}>
          {entry.replica}
        </span>
        <span class="log-text mono" role="gridcell">
          <VisibleText text={entry.text} marked={marked} lengthMax={TEXT_LENGTH} />
          {fields.slice(0, FIELDS_INLINE).map(([name, value]) => (
            <span key={name} class="log-inline">
              <VisibleText text={name} lengthMax={FIELD_LENGTH} />=
              <VisibleText text={value} marked={marked} lengthMax={FIELD_LENGTH} />
            </span>
          ))}
        </span>
      </div>
      {isOpen && <Opened {...props} />}
    </>
  );
}

function Opened({ entry, row, topPx, search, isUtc, onHeight }: LogRowProps): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { current } = frame;
    if (!current) return;
    const measure = () => onHeight(entry.id, current.offsetHeight);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, [entry.id, onHeight]);
  return (
    <div
      ref={frame}
      class="log-opened"
      role="row"
      aria-level={2}
      aria-rowindex={row + 1}
      style={{ "--top": `${topPx}px` }}
    >
      <div role="gridcell">
        <LogDetails entry={entry} search={search} isUtc={isUtc} />
      </div>
    </div>
  );
}
