import { Fragment, type JSX } from "preact";
import { Button } from "../ui/button.tsx";
import { Icon, type IconName } from "../ui/icon.tsx";

const LINES = [
  ["good", "clients", "requests go through; thicker and quicker with more of them"],
  ["warn", "clients", "some fail, or p99 is over the bound of the whole system"],
  ["bad", "clients", "5 % or more fail"],
  ["fault", "clients", "a fault is in force"],
  ["idle", "clients", "nothing was asked lately, or nobody tells"],
  ["good", "measured", "measured, though the design has no such link"],
] as const;

const STATES: readonly (readonly [string, IconName, string])[] = [
  ["good", "check", "ready"],
  ["busy", "clock", "waiting, starting or stopping"],
  ["warn", "warn", "some replicas fail, or a figure is worth a look"],
  ["bad", "cross", "failed"],
  ["off", "minus", "stopped, or outside Trestle"],
];

/** What lines, marks and cells stand for. */
export function MapLegend({ onClose }: { readonly onClose: () => void }): JSX.Element {
  return (
    <section class="map-legend" aria-label="What the signs mean">
      <div class="map-legend-head">
        <h2>Signs</h2>
        <Button look="quiet" icon="close" label="Close" onClick={onClose} />
      </div>
      <dl>
        <dt>
          <span class="map-label map-legend-label" aria-hidden="true">
            <span class="map-label-line">
              <span class="map-label-rate">1.2k/s</span>
              <span class="faint">0 %</span>
            </span>
            <span class="map-label-line">
              <span class="faint">p99</span>
              <span>12 ms</span>
            </span>
          </span>
        </dt>
        <dd>requests a second, the share that fails, and within what 99 of 100 are answered</dd>
        {LINES.map(([level, reason, words]) => (
          <Fragment key={words}>
            <dt>
              <svg class="map-lines" width="56" height="12" aria-hidden="true">
                <g class={`map-line map-line-${level} map-line-${reason}`}>
                  <path class="map-line-way" d="M2 6H46" stroke-width={level === "idle" ? 1.25 : 3} />
                  <path class="map-line-head" d="M46 1.5 54 6 46 10.5z" />
                </g>
              </svg>
            </dt>
            <dd>{words}</dd>
          </Fragment>
        ))}
        {STATES.map(([look, icon, words]) => (
          <Fragment key={words}>
            <dt class={`state-${look}`}>
              <span class={`map-cell map-cell-${look}`} />
              <span class={`map-state state-${look}`}>
                <Icon name={icon} size={14} />
              </span>
            </dt>
            <dd>{words}</dd>
          </Fragment>
        ))}
      </dl>
      <p class="soft">
        Arrow keys go along links and among parts, Enter opens, Ctrl and the wheel make it larger or smaller.
      </p>
    </section>
  );
}
