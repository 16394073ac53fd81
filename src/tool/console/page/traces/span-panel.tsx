import type { ComponentChildren, JSX } from "preact";
import { momentText, msText } from "../../model/format.ts";
import type { TraceNode, TraceTree } from "../../model/trace-tree.ts";
import { hrefOf } from "../state/address.ts";
import { system } from "../state/live.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { PartLink } from "../ui/part-link.tsx";
import { VisibleText } from "../ui/visible-text.tsx";

interface SpanProps {
  readonly node: TraceNode;
  readonly tree: TraceTree;
  readonly colours: ReadonlyMap<string, number>;
  readonly onChoose: (spanId: string | undefined) => void;
}

/** One span's details, beside the waterfall. */
export function SpanPanel(props: SpanProps): JSX.Element {
  const { span } = props.node;
  return (
    <section class="card span-panel" aria-label="Chosen span">
      <div class="card-head">
        <h2>
          <span
            class="swatch"
            style={{ background: `var(--series-${(props.colours.get(span.part) ?? 0) + 1})` }}
          />{" "}
          <VisibleText text={span.name} lengthMax={200} />
        </h2>
        <Button look="quiet" icon="close" label="Close the span" onClick={() => props.onChoose(undefined)} />
      </div>
      <Details {...props} />
    </section>
  );
}

/** The same over the page, where there is no room beside. */
export function SpanDialog(props: SpanProps): JSX.Element {
  return (
    <Dialog title="Span" look="side" onClose={() => props.onChoose(undefined)}>
      <h3>
        <VisibleText text={props.node.span.name} lengthMax={200} />
      </h3>
      <Details {...props} />
    </Dialog>
  );
}

function Details({ node, tree, onChoose }: SpanProps): JSX.Element {
  const { span } = node;
  const kinds = new Map(system.value?.parts.map(({ name, kind }) => [name, kind]));
  const attributes = Object.entries(span.attributes);
  return (
    <div class="span-details">
      <dl class="facts">
        <Fact title="Took">
          <strong>{msText(span.durationMs)}</strong>
          <span class="faint">begins at {msText(node.startMs - tree.fromMs)}</span>
        </Fact>
        <Fact title="Part">
          <PartLink part={span.part} kind={kinds.get(span.part)} />
          {span.replica !== undefined && span.replica !== span.part && (
            <a class="mono" href={hrefOf("logs", { part: span.part, replica: span.replica })}>
              {span.replica}
            </a>
          )}
        </Fact>
        {span.peer !== undefined && (
          <Fact title="Calls">
            <PartLink part={span.peer} kind={kinds.get(span.peer)} />
          </Fact>
        )}
        <Fact title="Kind">{span.kind}</Fact>
        {(span.error || span.statusMessage !== undefined) && (
          <Fact title="Status">
            {span.error && <Badge level="bad">failed</Badge>}{" "}
            {span.statusMessage !== undefined && <VisibleText text={span.statusMessage} />}
          </Fact>
        )}
        {node.shiftMs !== 0 && (
          <Fact title="Clock">
            its process says {momentText(span.startMs).slice(11)}; moved by {msText(node.shiftMs)}
          </Fact>
        )}
        {node.parent && (
          <Fact title="Below">
            <button type="button" class="link" onClick={() => onChoose(node.parent?.span.spanId)}>
              <VisibleText text={node.parent.span.name} lengthMax={120} />
            </button>
          </Fact>
        )}
        <Fact title="Id">
          <span class="mono">{span.spanId}</span>
        </Fact>
      </dl>
      {attributes.length > 0 && (
        <>
          <h3>Attributes</h3>
          <Attributes of={attributes} />
        </>
      )}
      <Events node={node} />
      {span.links.length > 0 && (
        <>
          <h3>Links</h3>
          <ul class="span-links">
            {span.links.map((link) => (
              <li key={`${link.traceId} ${link.spanId}`}>
                <a class="mono" href={hrefOf("traces", { trace: link.traceId, span: link.spanId })}>
                  {link.traceId}
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function Fact({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Attributes({ of }: { readonly of: readonly (readonly [string, string])[] }): JSX.Element {
  return (
    <dl class="attributes">
      {of.map(([name, value]) => (
        <div key={name}>
          <dt>
            <VisibleText text={name} lengthMax={200} />
          </dt>
          <dd class="mono">
            <VisibleText text={value} keepsLines lengthMax={4_200} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

const EVENTS_MAX = 100;

function Events({ node }: { readonly node: TraceNode }): JSX.Element | null {
  const { events } = node.span;
  if (events.length === 0) return null;
  return (
    <>
      <h3>Events</h3>
      <ol class="span-events">
        {events.slice(0, EVENTS_MAX).map((event, at) => (
          <li key={at} class={event.name === "exception" ? "span-exception" : ""}>
            <p>
              <span class="mono faint">{msText(event.timeMs + node.shiftMs - node.startMs)}</span>{" "}
              <strong>
                <VisibleText text={event.name} lengthMax={200} />
              </strong>
            </p>
            <EventDetails attributes={event.attributes} />
          </li>
        ))}
      </ol>
      {events.length > EVENTS_MAX && <p class="chart-note">{events.length - EVENTS_MAX} more events</p>}
    </>
  );
}

const STACK = "exception.stacktrace";

function EventDetails({
  attributes,
}: {
  readonly attributes: Readonly<Record<string, string>>;
}): JSX.Element {
  const stack = attributes[STACK];
  const others = Object.entries(attributes).filter(([name]) => name !== STACK);
  return (
    <>
      {others.length > 0 && <Attributes of={others} />}
      {stack !== undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys.
        <section class="stack" tabIndex={0} aria-label="Stack">
          <pre>
            <VisibleText text={stack} keepsLines lengthMax={8_000} />
          </pre>
        </section>
      )}
    </>
  );
}
