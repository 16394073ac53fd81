import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import type { Box } from "../../../../blocks/drawing/index.ts";
import type { RequirementStatus } from "../../../control-api/index.ts";
import { requirementText } from "../../model/error-budget.ts";
import { msText, rateText, shareText } from "../../model/format.ts";
import { OWN_MAX } from "../../model/map-boxes.ts";
import { CLIENTS } from "../../model/map-graph.ts";
import { ERRORS_BAD, ERRORS_WARN, requirementsSign } from "../../model/map-signs.ts";
import { hrefOf } from "../state/address.ts";
import { requirements } from "../state/live.ts";
import { Icon } from "../ui/icon.tsx";
import { clientRequests, place } from "./map-state.ts";

const ICONS = { good: "check", bad: "cross", off: "minus" } as const;
const ROW_ICONS = { met: "check", "not-met": "cross", unknown: "minus" } as const;

/** Those who come from outside: what they ask of the edges, and whether the system does what it is required to do for them. */
export function ClientsBox({ box }: { readonly box: Box }): JSX.Element {
  const all = requirements.value;
  const sign = requirementsSign(all);
  const requests = clientRequests();
  const errors = requests?.errorShare ?? 0;
  const isHere = useComputed(
    () => place.value !== undefined && "part" in place.value && place.value.part === CLIENTS,
  );
  // What is broken is shown before what holds.
  const shown = [...all].sort((one, other) => rank(one) - rank(other)).slice(0, OWN_MAX);
  const spoken = requests ? `${rateText(requests.perSecond)}, ${shareText(errors)} fail` : "no requests told";
  return (
    <div
      class={`map-part map-clients map-part-${sign.level === "bad" ? "bad" : "off"}`}
      data-part={CLIENTS}
      style={{ left: `${box.x}px`, top: `${box.y}px`, width: `${box.width}px`, height: `${box.height}px` }}
    >
      <div class="map-head">
        <Icon name="external" />
        <a
          class="map-name"
          href={hrefOf("requirements")}
          tabIndex={isHere.value ? 0 : -1}
          draggable={false}
          aria-label={`clients; ${spoken}; requirements: ${sign.text}`}
        >
          clients
        </a>
        <span class={`map-state state-${sign.level}`}>
          <Icon name={ICONS[sign.level]} size={14} />
        </span>
      </div>
      {requests ? (
        <div class="map-row">
          <span class="map-figure">{rateText(requests.perSecond)}</span>
          <span class={errors >= ERRORS_BAD ? "map-bad" : errors >= ERRORS_WARN ? "map-warn" : "faint"}>
            {shareText(errors)}
          </span>
          <span class="map-end">
            <span class="faint">p99 </span>
            {requests.p99Ms === undefined ? "–" : msText(requests.p99Ms)}
          </span>
        </div>
      ) : (
        <div class="map-row faint">no requests told</div>
      )}
      {shown.map((one) => (
        <div key={one.id} class={`map-row map-requirement map-requirement-${one.state}`} title={one.sentence}>
          <Icon name={ROW_ICONS[one.state]} size={11} />
          <span class="map-own-label">{one.title}</span>
          <span class="map-end">{requirementText(one.measured, one.unit)}</span>
        </div>
      ))}
    </div>
  );
}

function rank(requirement: RequirementStatus): number {
  return { "not-met": 0, unknown: 2, met: 1 }[requirement.state];
}
