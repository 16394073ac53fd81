import type { JSX } from "preact";
import type { RequirementStatus } from "../../../control-api/index.ts";
import { boundText, budgetWords, requirementText } from "../../model/error-budget.ts";
import { requirementsSign } from "../../model/map-signs.ts";
import { tellingTraces } from "../../model/requirement-chart.ts";
import { hrefOf } from "../state/address.ts";
import { design, requirements } from "../state/live.ts";
import { Badge } from "../ui/badge.tsx";
import { Empty, Loading } from "../ui/empty.tsx";
import { Meter } from "../ui/meter.tsx";
import { BoundChart } from "./bound-chart.tsx";
import { WindowStrip } from "./window-strip.tsx";

const STATES = {
  met: { level: "good", text: "met" },
  "not-met": { level: "bad", text: "not met" },
  unknown: { level: "off", text: "not measured yet" },
} as const;

/** What the system is required to do, each beside what was predicted and what was measured. */
export function RequirementsView(): JSX.Element {
  const all = requirements.value;
  if (!design.value) return <Loading lines={6} />;
  if (all.length === 0) return <NoRequirements />;
  const sign = requirementsSign(all);
  const hasPlan = all.some((one) => one.predicted !== undefined);
  return (
    <div class="page">
      <header class="required-head">
        <h1>Requirements</h1>
        <Badge level={sign.level}>{sign.text}</Badge>
      </header>
      <ul class="required-list">
        {[...all].sort(brokenFirst).map((one) => (
          <li key={one.id}>
            <Requirement of={one} hasPlan={hasPlan} />
          </li>
        ))}
      </ul>
      {!hasPlan && <p class="faint">No plan yet: what is predicted will stand beside what was measured.</p>}
    </div>
  );
}

function NoRequirements(): JSX.Element {
  return (
    <Empty icon="requirements" title="The design requires nothing that can be measured">
      <p>
        With <code>{'requires: { latency: { p99: "200 ms" }, availability: "99.9%" }'}</code> in{" "}
        <code>system(…)</code> this view tells whether it holds, and what is left of its error budget.
      </p>
    </Empty>
  );
}

const RANK = { "not-met": 0, met: 1, unknown: 2 } as const;

function brokenFirst(one: RequirementStatus, other: RequirementStatus): number {
  return RANK[one.state] - RANK[other.state];
}

function Requirement({
  of,
  hasPlan,
}: {
  readonly of: RequirementStatus;
  readonly hasPlan: boolean;
}): JSX.Element {
  const state = STATES[of.state];
  const traces = tellingTraces(of);
  const id = `required-${of.id}`;
  return (
    <article class={`card required required-${of.state}`} aria-labelledby={id}>
      <header class="card-head">
        <h2 id={id}>{of.title}</h2>
        <Badge level={state.level}>{state.text}</Badge>
      </header>
      <div class="required-body">
        <div class="required-words">
          <p class="required-sentence">{of.sentence}</p>
          <dl class="required-figures">
            <Figure title="Required" text={boundText(of)} />
            {hasPlan && <Figure title="Predicted" text={requirementText(of.predicted, of.unit)} />}
            <Figure
              title="Measured, whole run"
              text={requirementText(of.measured, of.unit)}
              level={of.state}
            />
            <Figure title="Last minute" text={requirementText(of.recent, of.unit)} level={recentState(of)} />
          </dl>
          {of.budget && <Budget of={of} />}
          {traces && <a href={hrefOf("traces", traces.params)}>{traces.title}</a>}
        </div>
        <div class="required-time">
          <WindowStrip of={of} />
          <BoundChart of={of} />
        </div>
      </div>
    </article>
  );
}

function recentState(of: RequirementStatus): RequirementStatus["state"] {
  // Where less is asked than is required, little is no failure.
  if (of.recent === undefined || (of.id === "traffic" && of.state === "unknown")) return "unknown";
  const holds = of.bound === "at-most" ? of.recent <= of.required : of.recent >= of.required;
  return holds ? "met" : "not-met";
}

function Figure({
  title,
  text,
  level,
}: {
  readonly title: string;
  readonly text: string;
  readonly level?: RequirementStatus["state"];
}): JSX.Element {
  return (
    <div>
      <dt>{title}</dt>
      <dd class={level ? `required-figure-${level}` : ""}>{text}</dd>
    </div>
  );
}

function Budget({ of }: { readonly of: RequirementStatus }): JSX.Element | null {
  if (!of.budget) return null;
  const words = budgetWords(of.budget);
  return (
    <section class="required-budget" aria-label={`Error budget of ${of.title}`}>
      <h3>Error budget</h3>
      <Meter label="What is left of it" share={of.budget.remaining} text={words.left} level={words.level} />
      <p class="soft">{words.spent}.</p>
      <p class="soft">{words.burn}.</p>
    </section>
  );
}
