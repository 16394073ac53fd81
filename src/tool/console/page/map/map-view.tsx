import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { linkKey, type MapLink } from "../../model/map-graph.ts";
import { partProblems, requirementsSign } from "../../model/map-signs.ts";
import { hrefOf, useParam } from "../state/address.ts";
import { design, figures, partFigures, requirements, system } from "../state/live.ts";
import { Button } from "../ui/button.tsx";
import { Empty, Loading } from "../ui/empty.tsx";
import { Icon } from "../ui/icon.tsx";
import { LinkPanel } from "./link-panel.tsx";
import { MapCanvas } from "./map-canvas.tsx";
import { faults, graph, place } from "./map-state.ts";
import { MapTable } from "./map-table.tsx";
import { QuietNotice } from "./quiet-notice.tsx";

/** The whole system as a drawing, alive: who asks whom, how much, how quickly, and what fails. */
export function MapView(): JSX.Element {
  const [as, setAs] = useParam("as");
  const [chosen, setChosen] = useParam("link");
  const body = useRef<HTMLDivElement>(null);
  const isTable = as === "table";
  const link = graph.value?.links.find((one) => addressOf(one) === chosen);
  const select = (one: MapLink) => setChosen(addressOf(one), "push");
  const leave = () => {
    setChosen(undefined);
    const selector = link && `.map-label[data-link="${CSS.escape(linkKey(link.from, link.to))}"]`;
    if (selector) body.current?.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true });
    if (link) place.value = { from: link.from, to: link.to };
  };
  if (!design.value) return <Loading lines={6} />;
  if (design.value.parts.length === 0) return <Empty icon="map" title="The design has no parts" />;
  return (
    <div class="map" ref={body}>
      <div class="map-bar">
        <h1 class="unseen">Map</h1>
        <Troubles />
        <Button
          icon={isTable ? "map" : "table"}
          look="quiet"
          onClick={() => setAs(isTable ? undefined : "table")}
        >
          {isTable ? "Drawing" : "Table"}
        </Button>
      </div>
      <div class="map-body">
        {isTable ? (
          <MapTable onSelect={select} />
        ) : (
          <MapCanvas
            selected={link && linkKey(link.from, link.to)}
            onSelect={select}
            onLeave={() => setChosen(undefined)}
          />
        )}
        {!isTable && <QuietNotice />}
        {link && <LinkPanel key={addressOf(link)} link={link} onClose={leave} />}
      </div>
    </div>
  );
}

function addressOf(link: MapLink): string {
  return `${link.from}>${link.to}`;
}

const TROUBLES_MAX = 4;

/** What is wrong anywhere, in one line: each a link to where it can be looked into. */
function Troubles(): JSX.Element {
  const troubles = troublesNow();
  if (troubles.length === 0) {
    return (
      <p class="map-troubles soft" role="status">
        <Icon name="check" size={13} /> {figures.value ? "Nothing is wrong" : "Waiting for the first figures"}
      </p>
    );
  }
  return (
    <ul class="map-troubles" aria-label="What is wrong">
      {troubles.slice(0, TROUBLES_MAX).map((one) => (
        <li key={one.key}>
          <a class={`map-trouble map-trouble-${one.level}`} href={one.href} title={one.text}>
            <Icon
              name={
                one.level === "bad"
                  ? "cross"
                  : one.level === "fault"
                    ? "cache"
                    : one.level === "busy"
                      ? "clock"
                      : "warn"
              }
              size={12}
            />
            <span>{one.text}</span>
          </a>
        </li>
      ))}
      {troubles.length > TROUBLES_MAX && <li class="soft">and {troubles.length - TROUBLES_MAX} more</li>}
    </ul>
  );
}

interface Trouble {
  readonly key: string;
  readonly level: "bad" | "warn" | "fault" | "busy";
  readonly text: string;
  readonly href: string;
}

function troublesNow(): Trouble[] {
  const all: Trouble[] = [];
  for (const part of system.value?.parts ?? []) {
    const [worst] = partProblems(part, partFigures(part.name).value, faults.value);
    if (!worst) continue;
    const href = hrefOf("part", { part: part.name });
    all.push({ key: part.name, level: worst.level, text: `${part.name}: ${worst.text}`, href });
  }
  for (const mark of faults.value) {
    if (mark.to === undefined) continue;
    const href = hrefOf("map", { link: `${mark.part}>${mark.to}` });
    all.push({ key: mark.id, level: "fault", text: `${mark.part} → ${mark.to}: ${mark.text}`, href });
  }
  const sign = requirementsSign(requirements.value);
  if (sign.level === "bad") {
    const broken = requirements.value.filter((one) => one.state === "not-met").map((one) => one.title);
    all.push({
      key: "required",
      level: "bad",
      text: `Not met: ${broken.join(", ")}`,
      href: hrefOf("requirements"),
    });
  }
  const rank = ["bad", "fault", "warn", "busy"];
  return all.sort((one, other) => rank.indexOf(one.level) - rank.indexOf(other.level));
}
