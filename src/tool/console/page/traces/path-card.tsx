import type { JSX } from "preact";
import type { PathShare, PathStretch } from "../../model/critical-path.ts";
import { msText, shareText } from "../../model/format.ts";
import { VisibleText } from "../ui/visible-text.tsx";

const LISTED_MAX = 12;

/** What to make faster: what the end was waiting for, by name, and as one strip over time. A line chooses the span with the most of it. */
export function PathCard({
  path,
  shares,
  colours,
  chosen,
  onChoose,
}: {
  readonly path: readonly PathStretch[];
  readonly shares: readonly PathShare[];
  readonly colours: ReadonlyMap<string, number>;
  readonly chosen: string | undefined;
  readonly onChoose: (spanId: string) => void;
}): JSX.Element | null {
  const first = path[0];
  const last = path.at(-1);
  if (!first || !last) return null;
  const wholeMs = last.toMs - first.fromMs;
  const rest = shares.slice(LISTED_MAX).reduce((sum, { ms }) => sum + ms, 0);
  const variable = (part: string) => `var(--series-${(colours.get(part) ?? 0) + 1})`;
  return (
    <section class="card" aria-label="What to make faster">
      <div class="card-head">
        <h2>What to make faster</h2>
        <span class="faint">critical path, {msText(wholeMs)}</span>
      </div>
      <div class="path-strip" aria-hidden="true">
        {merged(path).map(({ part, fromMs, toMs }) => (
          <span key={fromMs} style={{ flexGrow: (toMs - fromMs) / wholeMs, background: variable(part) }} />
        ))}
      </div>
      <ol class="path-list">
        {shares.slice(0, LISTED_MAX).map(({ part, name, ms, share, nodes }) => {
          const top = nodes[0]?.span.spanId;
          return (
            <li key={`${part}\n${name}`}>
              <button
                type="button"
                class="path-line"
                {...(nodes.some(({ span }) => span.spanId === chosen) ? { "aria-current": "true" } : {})}
                onClick={() => top !== undefined && onChoose(top)}
              >
                <span class="swatch" style={{ background: variable(part) }} />
                <span class="path-name">
                  <VisibleText text={name} lengthMax={200} />
                  {nodes.length > 1 && <span class="faint"> × {nodes.length}</span>}
                  <span class="faint"> {part}</span>
                </span>
                <span class="path-ms">{msText(ms)}</span>
                <span class="path-share">{shareText(share)}</span>
                <span class="path-bar" style={{ width: `${share * 100}%`, background: variable(part) }} />
              </button>
            </li>
          );
        })}
      </ol>
      {rest > 0 && (
        <p class="chart-note">
          {msText(rest)} more in {shares.length - LISTED_MAX} others
        </p>
      )}
    </section>
  );
}

/** Stretches of one part after each other, as one: a path of thousands is not worth thousands of elements. */
function merged(path: readonly PathStretch[]): { part: string; fromMs: number; toMs: number }[] {
  const joined: { part: string; fromMs: number; toMs: number }[] = [];
  for (const { node, fromMs, toMs } of path) {
    const last = joined.at(-1);
    if (last?.part === node.span.part) last.toMs = toMs;
    else joined.push({ part: node.span.part, fromMs, toMs });
  }
  return joined.slice(0, 400);
}
