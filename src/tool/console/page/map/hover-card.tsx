import { useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ReplicaFigures } from "../../../control-api/index.ts";
import { agoText, bytesText, formatted } from "../../model/format.ts";
import { CLIENTS } from "../../model/map-graph.ts";
import { partProblems } from "../../model/map-signs.ts";
import { nowMs } from "../state/clock.ts";
import { partFigures, requirements } from "../state/live.ts";
import { StateMark } from "../ui/badge.tsx";
import { faults, layout, lookedAt, snapshotOf } from "./map-state.ts";
import type { ViewportControl } from "./use-viewport.ts";

const WAIT_MS = 450;
const REPLICAS_MAX = 10;
const GAP = 10;

/** Beside the part that is looked at for a moment: what is wrong with it, and each of its replicas. Esc, or looking away, ends it. */
export function HoverCard({ viewport }: { readonly viewport: ViewportControl }): JSX.Element | null {
  const [shown, setShown] = useState<string>();
  useSignalEffect(() => {
    const key = lookedAt.value;
    setShown(undefined);
    if (key === undefined || key.includes("\n")) return;
    const timer = setTimeout(() => setShown(key), WAIT_MS);
    return () => clearTimeout(timer);
  });
  if (shown === undefined) return null;
  return <Card key={shown} part={shown} viewport={viewport} />;
}

function Card({
  part,
  viewport,
}: {
  readonly part: string;
  readonly viewport: ViewportControl;
}): JSX.Element | null {
  const card = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = card.current;
    const frame = viewport.frame.current;
    const box = layout.peek()?.boxes.get(part);
    if (!element || !frame || !box) return;
    const left = viewport.inFrame(box.x, box.y);
    const right = viewport.inFrame(box.x + box.width, box.y + box.height);
    const { offsetWidth: width, offsetHeight: height } = element;
    // To the right where there is room, else to the left, else below.
    const fitsRight = right.x + GAP + width < frame.clientWidth;
    const fitsLeft = left.x - GAP - width > 0;
    const x = fitsRight ? right.x + GAP : fitsLeft ? left.x - GAP - width : (frame.clientWidth - width) / 2;
    const y = fitsRight || fitsLeft ? left.y : right.y + GAP + 8;
    element.style.left = `${Math.max(4, x)}px`;
    element.style.top = `${Math.max(4, Math.min(y, frame.clientHeight - height - 4))}px`;
  });
  const content = part === CLIENTS ? <ClientsContent /> : <PartContent part={part} />;
  return (
    <div class="map-card" role="tooltip" ref={card}>
      {content}
    </div>
  );
}

function ClientsContent(): JSX.Element {
  return (
    <ul class="map-card-list">
      {requirements.value.length === 0 && <li>The design requires nothing of its system</li>}
      {requirements.value.map((one) => (
        <li key={one.id} class={`map-card-${one.state === "not-met" ? "bad" : "plain"}`}>
          {one.sentence}
        </li>
      ))}
    </ul>
  );
}

function PartContent({ part }: { readonly part: string }): JSX.Element {
  const now = partFigures(part).value;
  const snapshot = snapshotOf(part);
  const problems = snapshot ? partProblems(snapshot, now, faults.value) : [];
  const replicas = now?.replicas ?? [];
  return (
    <>
      {problems.length > 0 && (
        <ul class="map-card-list">
          {problems.map((problem) => (
            <li key={problem.text} class={`map-card-${problem.level}`}>
              {problem.text}
            </li>
          ))}
        </ul>
      )}
      {snapshot?.url && <p class="mono map-card-url">{snapshot.url}</p>}
      {replicas.length > 0 && (
        <table class="map-card-replicas">
          <tbody>
            {replicas.slice(0, REPLICAS_MAX).map((replica) => (
              <Replica key={replica.id} of={replica} />
            ))}
          </tbody>
        </table>
      )}
      {replicas.length > REPLICAS_MAX && <p class="faint">and {replicas.length - REPLICAS_MAX} more</p>}
      {replicas.length === 0 && <p class="faint">Outside Trestle: nothing is run for it here</p>}
    </>
  );
}

function Replica({ of }: { readonly of: ReplicaFigures }): JSX.Element {
  return (
    <tr>
      <td>
        <StateMark state={of.state} bare />
      </td>
      <td>{of.id}</td>
      <td class="right">{formatted(of.cpu, "cores")}</td>
      <td class="right">{of.memoryBytes === undefined ? "–" : bytesText(of.memoryBytes)}</td>
      <td class="right faint">
        {of.restarts > 0 ? `${of.restarts} restarts, ` : ""}
        {agoText(of.sinceMs, nowMs.value)}
      </td>
    </tr>
  );
}
