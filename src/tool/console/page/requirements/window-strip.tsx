import type { JSX } from "preact";
import type { RequirementStatus } from "../../../control-api/index.ts";
import { requirementText, stretches, stripWords } from "../../model/error-budget.ts";
import { durationText, timeText } from "../../model/format.ts";

const WORDS = { met: "met", "not-met": "not met", unknown: "not known" } as const;
/** Stretches that are told one by one. */
const STRETCHES_MAX = 30;

/** A requirement's state over time: a bar for each window, higher where it is not met, and the same as a list. */
export function WindowStrip({ of }: { readonly of: RequirementStatus }): JSX.Element {
  const { windows, windowMs, unit } = of;
  const first = windows[0];
  const last = windows.at(-1);
  if (!first || !last) return <p class="faint">Nothing was judged yet</p>;
  return (
    <div class="strip-frame">
      <div class="strip" role="img" aria-label={`${of.title} over time: ${stripWords(of)}`}>
        {windows.map((window) => (
          <span
            key={window.fromMs}
            class={`strip-window strip-${window.state}`}
            title={`${timeText(window.fromMs)}: ${WORDS[window.state]}, ${requirementText(window.measured, unit)}`}
          />
        ))}
      </div>
      <div class="strip-times faint" aria-hidden="true">
        <span>{timeText(first.fromMs)}</span>
        <span>one bar is {durationText(windowMs)}</span>
        <span>{timeText(last.fromMs + windowMs)}</span>
      </div>
      <details class="strip-details">
        <summary>{stripWords(of)}</summary>
        <ul>
          {stretches(of)
            .slice(-STRETCHES_MAX)
            .reverse()
            .map((one) => (
              <li key={one.fromMs}>
                <span class="mono">
                  {timeText(one.fromMs)}–{timeText(one.toMs)}
                </span>{" "}
                {WORDS[one.state]}
                {one.worst !== undefined && `, at worst ${requirementText(one.worst, unit)}`}
              </li>
            ))}
        </ul>
      </details>
    </div>
  );
}
