// biome-ignore-all lint/a11y/useSemanticElements: a table cannot be drawn row by row; the whole has the focus, and names its row by aria-activedescendant.
// biome-ignore-all lint/a11y/useFocusableInteractive: a table cannot be drawn row by row; the whole has the focus, and names its row by aria-activedescendant.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the whole has the keys.

import type { JSX } from "preact";
import type { PathStretch } from "../../model/critical-path.ts";
import { msText } from "../../model/format.ts";
import { shareOf, type TimeWindow } from "../../model/time-window.ts";
import type { TraceNode } from "../../model/trace-tree.ts";
import { Icon } from "../ui/icon.tsx";
import { VisibleText } from "../ui/visible-text.tsx";

/** Deeper ones are not moved further: they would have no room for their names. */
const INDENT_MAX = 16;

/** One span: its name in the tree, and its bar. What of it is on the critical path is solid and underlined. */
export function WaterfallRow({
  node,
  row,
  window,
  colour,
  stretches,
  isClosed,
  isActive,
  isChosen,
  onToggle,
  onChoose,
}: {
  readonly node: TraceNode;
  /** Its place among all rows. */
  readonly row: number;
  readonly window: TimeWindow;
  readonly colour: number;
  readonly stretches: readonly PathStretch[] | undefined;
  readonly isClosed: boolean;
  /** The keys are at it. */
  readonly isActive: boolean;
  readonly isChosen: boolean;
  readonly onToggle: (spanId: string) => void;
  readonly onChoose: (spanId: string) => void;
}): JSX.Element {
  const { span, below } = node;
  return (
    <div
      id={`row-${span.spanId}`}
      class={`waterfall-row${isActive ? " waterfall-active" : ""}`}
      role="row"
      aria-level={node.depth + 1}
      aria-rowindex={row + 1}
      aria-selected={isChosen}
      {...(below > 0 ? { "aria-expanded": !isClosed } : {})}
      style={{
        "--at": row,
        "--depth": Math.min(INDENT_MAX, node.depth),
        "--part": `var(--series-${colour + 1})`,
      }}
      onClick={() => onChoose(span.spanId)}
    >
      <span class="waterfall-name" role="gridcell">
        {below > 0 ? (
          <button
            type="button"
            class="twisty"
            tabIndex={-1}
            aria-label={isClosed ? `Show the ${below} below` : "Hide those below"}
            onClick={(event) => {
              event.stopPropagation();
              onToggle(span.spanId);
            }}
          >
            <Icon name={isClosed ? "right" : "down"} size={12} />
          </button>
        ) : (
          <span class="twisty" />
        )}
        <span class="swatch" />
        {(span.error || (isClosed && node.errorsBelow > 0)) && (
          <span class="state-bad">
            <Icon name="cross" size={12} title={span.error ? "failed" : `${node.errorsBelow} below failed`} />
          </span>
        )}
        {node.isOrphan && (
          <span class="state-warn" title="Its parent has not come">
            <Icon name="warn" size={12} title="without its parent" />
          </span>
        )}
        <span class="waterfall-text">
          <VisibleText text={span.name} lengthMax={200} />
          <span class="faint">
            {" "}
            {span.peer === undefined ? span.part : `${span.part} → ${span.peer}`}
            {isClosed && ` (${below} more)`}
          </span>
        </span>
      </span>
      <span class="waterfall-time" role="gridcell">
        <Bar node={node} window={window} stretches={stretches} />
      </span>
    </div>
  );
}

function Bar({
  node,
  window,
  stretches,
}: {
  readonly node: TraceNode;
  readonly window: TimeWindow;
  readonly stretches: readonly PathStretch[] | undefined;
}): JSX.Element {
  const place = shareOf({ fromMs: node.startMs, toMs: node.endMs }, window);
  const text = msText(node.span.durationMs);
  if (!place) {
    const isBefore = node.endMs <= window.fromMs;
    return (
      <span class={`bar-text ${isBefore ? "bar-before" : "bar-after"} faint`}>
        {isBefore ? `‹ ${text}` : `${text} ›`}
      </span>
    );
  }
  return (
    <>
      <span
        class={`bar${node.span.error ? " bar-bad" : ""}`}
        style={{ left: percent(place.left), width: percent(place.width) }}
      />
      {stretches?.map((stretch) => {
        const part = shareOf(stretch, window);
        return (
          part && (
            <span
              key={stretch.fromMs}
              class="bar-path"
              style={{ left: percent(part.left), width: percent(part.width) }}
            />
          )
        );
      })}
      {node.span.events.map((event, at) => {
        const part = shareOf(
          { fromMs: event.timeMs + node.shiftMs, toMs: event.timeMs + node.shiftMs },
          window,
        );
        // Two events of a name may be of one moment.
        return (
          part && (
            <span key={`${event.timeMs} ${at}`} class="bar-event" style={{ left: percent(part.left) }} />
          )
        );
      })}
      <span class="bar-text" style={{ left: percent(place.left + place.width) }}>
        {text}
      </span>
    </>
  );
}

function percent(share: number): string {
  return `${share * 100}%`;
}
