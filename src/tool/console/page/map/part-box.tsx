import { useComputed } from "@preact/signals";
import { Fragment, type JSX } from "preact";
import type { Box } from "../../../../blocks/drawing/index.ts";
import type { OwnFigure, PartFigures, ReplicaFigures } from "../../../control-api/index.ts";
import { bytesText, formatted, msText, rateText, shareText } from "../../model/format.ts";
import { CELL_ROWS_MAX, CELLS_PER_ROW, OWN_MAX } from "../../model/map-boxes.ts";
import type { MapPart } from "../../model/map-graph.ts";
import {
  ERRORS_BAD,
  ERRORS_WARN,
  ownText,
  type Problem,
  partProblems,
  signLook,
} from "../../model/map-signs.ts";
import { partWords, stateLook, stateWords } from "../../model/state.ts";
import { hrefOf } from "../state/address.ts";
import { partFigures } from "../state/live.ts";
import { Icon, type IconName, iconOfKind } from "../ui/icon.tsx";
import { faults, place, snapshotOf } from "./map-state.ts";

const LOOK_ICONS: Readonly<Record<string, IconName>> = {
  good: "check",
  warn: "warn",
  bad: "cross",
  busy: "clock",
  off: "minus",
};

/** One part on the map: its name, how it stands, its load, its own figures, and a cell for each replica. */
export function PartBox({ part, box }: { readonly part: MapPart; readonly box: Box }): JSX.Element {
  const { name, kind, external } = part;
  const now = partFigures(name).value;
  const told = snapshotOf(name) ?? { name, kind: "service", external, replicas: [] };
  // Figures come each second, the snapshot after a change: the newer replicas are those of the figures.
  const snapshot = { ...told, replicas: now?.replicas ?? told.replicas };
  const problems = partProblems(snapshot, now, faults.value);
  const look = kind === "unknown" ? "off" : signLook(snapshot, problems);
  const words = kind === "unknown" ? "known from telemetry alone" : partWords(snapshot);
  const isHere = useComputed(
    () => place.value !== undefined && "part" in place.value && place.value.part === name,
  );
  return (
    <div
      class={`map-part map-part-${look}${external ? " map-part-external" : ""}`}
      data-part={name}
      style={{ left: `${box.x}px`, top: `${box.y}px`, width: `${box.width}px`, height: `${box.height}px` }}
    >
      <div class="map-head">
        <Icon name={iconOfKind(kind)} />
        <a
          class="map-name"
          href={hrefOf("part", { part: name })}
          tabIndex={isHere.value ? 0 : -1}
          draggable={false}
          aria-label={sentence(part, words, now, problems)}
        >
          {name}
        </a>
        <span class={`map-state state-${look}`}>
          <Icon name={LOOK_ICONS[look] ?? "minus"} size={14} />
        </span>
      </div>
      {kind !== "task" && <Requests of={now} />}
      {!external && <Load of={now} replicas={snapshot.replicas.length} />}
      {(now?.own ?? []).slice(0, OWN_MAX).map((own) => (
        <Own key={own.label} of={own} />
      ))}
      {!external && <Cells replicas={now?.replicas ?? []} />}
      {problems.length > 0 && <Tag problems={problems} />}
    </div>
  );
}

function Requests({ of }: { readonly of: PartFigures | undefined }): JSX.Element {
  const requests = of?.requests;
  if (!requests) return <div class="map-row faint">no requests told</div>;
  const errors = requests.errorShare;
  const level = errors >= ERRORS_BAD ? "map-bad" : errors >= ERRORS_WARN ? "map-warn" : "faint";
  return (
    <div class="map-row">
      <span class="map-figure">{rateText(requests.perSecond)}</span>
      <span class={level}>{shareText(errors)}</span>
      <span class="map-end">
        <span class="faint">p99 </span>
        {requests.p99Ms === undefined ? "–" : msText(requests.p99Ms)}
      </span>
    </div>
  );
}

function Load({
  of,
  replicas,
}: {
  readonly of: PartFigures | undefined;
  readonly replicas: number;
}): JSX.Element {
  const cpu = of?.cpu;
  const share = cpu === undefined ? 0 : Math.min(1, cpu / Math.max(1, of?.replicas.length ?? replicas));
  const level = share > 0.9 ? " map-load-bad" : share > 0.7 ? " map-load-warn" : "";
  return (
    <div class="map-row">
      <span class="faint">CPU</span>
      <span class={`map-load${level}`}>
        <span class="map-load-bar" style={{ transform: `scaleX(${share.toFixed(3)})` }} />
      </span>
      <span>{cpu === undefined ? "–" : formatted(cpu, "cores").replace(/ cores?$/, "")}</span>
      <span class="map-end">{of?.memoryBytes === undefined ? "–" : bytesText(of.memoryBytes)}</span>
    </div>
  );
}

function Own({ of }: { readonly of: OwnFigure }): JSX.Element {
  return (
    <div class="map-row" title={of.why}>
      <span class="map-own-label faint">{of.label}</span>
      <span class={`map-end${of.level ? ` map-${of.level}` : ""}`}>{ownText(of)}</span>
    </div>
  );
}

function Cells({ replicas }: { readonly replicas: readonly ReplicaFigures[] }): JSX.Element | null {
  if (replicas.length <= 1) return null;
  const most = CELLS_PER_ROW * CELL_ROWS_MAX;
  const shown = replicas.length > most ? replicas.slice(0, most - 2) : replicas;
  return (
    <div class="map-cells" aria-hidden="true">
      {shown.map((replica) => (
        <Cell
          key={replica.id}
          id={replica.id}
          look={stateLook(replica.state)}
          words={stateWords(replica.state)}
        />
      ))}
      {replicas.length > shown.length && <span class="map-more">+{replicas.length - shown.length}</span>}
    </div>
  );
}

function Cell({
  id,
  look,
  words,
}: {
  readonly id: string;
  readonly look: string;
  readonly words: string;
}): JSX.Element {
  return <span class={`map-cell map-cell-${look}`} title={`${id}: ${words}`} />;
}

const TAG_ICONS: Readonly<Record<Problem["level"], IconName>> = {
  bad: "cross",
  warn: "warn",
  fault: "cache",
  busy: "clock",
};

/** The worst of what is wrong, under the box; what it waits for is a link to it. */
function Tag({ problems }: { readonly problems: readonly Problem[] }): JSX.Element | null {
  const [worst] = problems;
  if (!worst) return null;
  const [waited] = worst.parts;
  const all = problems.map((one) => one.text).join("\n");
  return (
    <div class={`map-tag map-tag-${worst.level}`} title={all}>
      <Icon name={TAG_ICONS[worst.level]} size={11} />
      {waited !== undefined && worst.level === "busy" ? (
        <span class="map-tag-text">
          waiting for{" "}
          {worst.parts.map((part, at) => (
            <Fragment key={part}>
              {at > 0 && ", "}
              <a href={hrefOf("part", { part })} draggable={false}>
                {part}
              </a>
            </Fragment>
          ))}
        </span>
      ) : (
        <span class="map-tag-text">{worst.text}</span>
      )}
      {problems.length > 1 && <span>+{problems.length - 1}</span>}
    </div>
  );
}

/** All of it in words, for those who hear the map. */
function sentence(
  part: MapPart,
  words: string,
  now: PartFigures | undefined,
  problems: readonly Problem[],
): string {
  const all = [`${part.name}, ${part.kind}, ${words}`];
  if (now?.requests) {
    all.push(`${rateText(now.requests.perSecond)}, ${shareText(now.requests.errorShare)} fail`);
    if (now.requests.p99Ms !== undefined) all.push(`99 % within ${msText(now.requests.p99Ms)}`);
  }
  if (now?.cpu !== undefined) all.push(`CPU ${formatted(now.cpu, "cores")}`);
  for (const own of now?.own ?? []) all.push(`${own.label} ${ownText(own)}`);
  for (const problem of problems) all.push(problem.text);
  return all.join("; ");
}
