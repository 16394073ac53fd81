import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { PartKind } from "../../../design/model.ts";
import { countText, formatted, momentText } from "../../model/format.ts";
import { linkQuery, PERCENTILES } from "../../model/link-queries.ts";
import { CLIENTS, type LinkReason, type MapLink } from "../../model/map-graph.ts";
import { linkSign } from "../../model/map-signs.ts";
import { LineChart } from "../chart/line-chart.tsx";
import { hrefOf } from "../state/address.ts";
import { marks } from "../state/live.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { nameOf } from "./link-drawing.tsx";
import { faults, figuresOf, graph, slowMs } from "./map-state.ts";

const REASONS: Readonly<Record<LinkReason, string>> = {
  clients: "what comes from outside",
  route: "a route leads there",
  mirror: "copies of requests go there",
  fallback: "answers while the other's breaker is open",
  uses: "it uses it",
  measured: "measured, though the design has no such link",
};

const CHART_PX = 120;
const FAULTS_MAX = 5;

/** One link looked into: its figures now, its charts over the range, its faults, and the way to its traces. */
export function LinkPanel({
  link,
  onClose,
}: {
  readonly link: MapLink;
  readonly onClose: () => void;
}): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  const { from, to } = link;
  // Whoever opened it goes on here; the way back is Esc.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [from, to]);
  const figures = figuresOf(from, to);
  const sign = linkSign(figures?.requests, slowMs.value);
  const fault = faults.value.find((mark) => mark.part === from && mark.to === to);
  const traced = from === CLIENTS ? { part: to } : { part: from, peer: to };
  return (
    <aside
      class="map-panel"
      aria-labelledby="map-panel-title"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <header class="map-panel-head">
        <h2 id="map-panel-title" ref={heading} tabIndex={-1}>
          {nameOf(from)} <span class="faint">→</span> {to}
        </h2>
        <Button look="quiet" icon="close" label="Close" keys="Escape" onClick={onClose} />
      </header>
      <p class="soft">{REASONS[link.reason]}</p>
      <div class="map-panel-badges">
        {fault && <Badge level="warn">{fault.text}</Badge>}
        {sign.why && <Badge level={sign.level === "bad" ? "bad" : "warn"}>{sign.why}</Badge>}
        {sign.level === "idle" && <Badge level="off">nothing was asked lately</Badge>}
        {sign.level === "unknown" && <Badge level="off">nobody tells of it yet</Badge>}
      </div>
      <dl class="map-panel-figures">
        <Figure title="Requests" text={formatted(figures?.requests?.perSecond, "per-second")} />
        <Figure title="Fail" text={formatted(figures?.requests?.errorShare, "share")} />
        <Figure title="p50" text={formatted(figures?.requests?.p50Ms, "ms")} />
        <Figure title="p99" text={formatted(figures?.requests?.p99Ms, "ms")} />
        {figures?.connections !== undefined && (
          <Figure title="Connections" text={countText(figures.connections)} />
        )}
      </dl>
      <nav class="map-panel-ways" aria-label="More of this link">
        <a href={hrefOf("traces", traced)}>Traces</a>
        <a href={hrefOf("traces", { ...traced, status: "error" })}>Failed traces</a>
        <a href={hrefOf("traces", { ...traced, sort: "duration" })}>Slowest traces</a>
        {from !== CLIENTS && <a href={hrefOf("part", { part: from })}>{from}</a>}
        <a href={hrefOf("part", { part: to })}>{to}</a>
      </nav>
      <Charts link={link} />
      <Faults link={link} />
    </aside>
  );
}

function Figure({ title, text }: { readonly title: string; readonly text: string }): JSX.Element {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{text}</dd>
    </div>
  );
}

function Charts({ link }: { readonly link: MapLink }): JSX.Element {
  const { rate, failed, duration, source } = linkQuery(
    link.from,
    link.to,
    figuresOf(link.from, link.to)?.requests?.source,
    kindOf(link.to),
  );
  return (
    <div class="map-panel-charts">
      <LineChart
        title="Requests"
        format="per-second"
        part={link.to}
        heightPx={CHART_PX}
        metric={[
          { ...rate, as: "rate", label: "all" },
          ...(failed ? [{ ...failed, as: "rate" as const, label: "failed" }] : []),
        ]}
      />
      {duration && (
        <LineChart
          title="Latency"
          part={link.to}
          heightPx={CHART_PX}
          metric={PERCENTILES.map((as) => ({ ...duration, as, label: as }))}
          {...(link.from === CLIENTS && slowMs.value !== undefined ? { limit: slowMs.value / 1_000 } : {})}
        />
      )}
      <p class="faint">{source}.</p>
    </div>
  );
}

function kindOf(name: string): PartKind | undefined {
  const kind = graph.value?.parts.find((part) => part.name === name)?.kind;
  return kind === "clients" || kind === "unknown" ? undefined : kind;
}

/** Faults that this link had, the latest first. */
function Faults({ link }: { readonly link: MapLink }): JSX.Element | null {
  const had = marks.value.filter(
    (mark) => mark.kind === "fault" && mark.part === link.from && mark.to === link.to,
  );
  if (had.length === 0) return null;
  return (
    <section>
      <h3>Faults</h3>
      <ul class="map-panel-faults">
        {had
          .slice(-FAULTS_MAX)
          .reverse()
          .map((mark) => (
            <li key={mark.id}>
              <span class="mono faint">{momentText(mark.fromMs)}</span> {mark.text}
              {mark.open && " (in force)"}
            </li>
          ))}
      </ul>
    </section>
  );
}
