import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { PlanNode, SqlAdvice, SqlExplainAnswer } from "../../../../control-api/index.ts";
import { formatted, msText, shareText } from "../../../model/format.ts";
import { offText, type PlanLine, planLines } from "../../../model/plan-shares.ts";
import { Badge } from "../../ui/badge.tsx";
import { Icon } from "../../ui/icon.tsx";
import { ShownText } from "../shown-text.tsx";
import { AdviceList } from "./advice-list.tsx";

type Explained = Exclude<SqlExplainAnswer, { readonly problem: unknown }>;

/** A plan as a tree of its steps, and what could be better about it. */
export function PlanView({ of }: { readonly of: Explained }): JSX.Element {
  const lines = planLines(of.plan);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const tree = useRef<HTMLUListElement>(null);
  const isMeasured = of.plan.totalMs !== undefined;
  const toggle = (id: string) => {
    const next = new Set(open);
    if (!next.delete(id)) next.add(id);
    setOpen(next);
  };
  const show = (id: string) => {
    setOpen(new Set([...open, id]));
    const line = tree.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`);
    line?.scrollIntoView({ block: "center" });
    line?.focus({ preventScroll: true });
  };
  return (
    <div class="plan">
      <section class="card" aria-labelledby="data-plan">
        <header class="card-head">
          <h2 id="data-plan">Plan</h2>
          <Times of={of} />
        </header>
        <p class="plan-head faint" aria-hidden="true">
          <span>Step</span>
          <span>{isMeasured ? "Own time" : "Own cost"}</span>
          <span>{isMeasured ? "Rows, against the estimate" : "Rows expected"}</span>
        </p>
        <ul class="plan-tree" ref={tree}>
          {lines.map((line) => (
            <Step
              key={line.node.id}
              line={line}
              advice={of.advice.filter(({ about }) => about === line.node.id)}
              isOpen={open.has(line.node.id)}
              onToggle={() => toggle(line.node.id)}
            />
          ))}
        </ul>
      </section>
      <section class="card" aria-labelledby="data-plan-advice">
        <header class="card-head">
          <h2 id="data-plan-advice">What could be better</h2>
        </header>
        {of.advice.length > 0 ? (
          <AdviceList
            advice={of.advice}
            onChoose={show}
            titleOf={(id) => lines.find(({ node }) => node.id === id)?.node.title ?? id}
          />
        ) : (
          <p class="data-good">
            <Badge level="good">Nothing to say</Badge>
            <span class="soft">
              {isMeasured
                ? "No step reads much to keep little, none was badly estimated, none went to disk."
                : "Run and explain measures too: estimates against what was found, and what went to disk."}
            </span>
          </p>
        )}
      </section>
    </div>
  );
}

function Times({ of }: { readonly of: Explained }): JSX.Element {
  const planning = of.planningMs === undefined ? "" : `planned in ${msText(of.planningMs)}`;
  const executed = of.executionMs === undefined ? "not run" : `run in ${msText(of.executionMs)}`;
  return <span class="soft">{[planning, executed].filter(Boolean).join(", ")}</span>;
}

function Step({
  line,
  advice,
  isOpen,
  onToggle,
}: {
  readonly line: PlanLine;
  readonly advice: readonly SqlAdvice[];
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}): JSX.Element {
  const { node, depth, share } = line;
  const isHot = share >= 0.3;
  return (
    <li class="plan-step" style={{ "--plan-depth": depth }}>
      <button type="button" class="plan-line" data-node={node.id} aria-expanded={isOpen} onClick={onToggle}>
        <span class="plan-title">
          <Icon name={isOpen ? "down" : "right"} size={12} />
          <span class="unseen">{`Level ${depth + 1}: `}</span>
          <ShownText text={node.title} />
          {advice.map(({ title, level }) => (
            <Badge key={title} level={level === "warn" ? "warn" : "plain"}>
              {title}
            </Badge>
          ))}
        </span>
        <span class="plan-share">
          <span class="plan-track">
            <span
              class={`plan-bar${isHot ? " plan-bar-hot" : ""}`}
              style={{ transform: `scaleX(${share})` }}
            />
          </span>
          <span class="plan-figure">{ownText(node, share)}</span>
        </span>
        <Rows line={line} />
      </button>
      {isOpen && <Details of={node} />}
    </li>
  );
}

function ownText(node: PlanNode, share: number): string {
  return node.selfMs === undefined ? shareText(Math.round(share * 1_000) / 1_000) : msText(node.selfMs);
}

function Rows({ line }: { readonly line: PlanLine }): JSX.Element {
  const { node, off } = line;
  if (node.rows === undefined) {
    return <span class="plan-rows">{formatted(node.rowsEstimated, "number")}</span>;
  }
  const words = offText(off);
  const isBad = off !== undefined && (off >= 10 || off <= 0.1);
  return (
    <span class="plan-rows">
      {formatted(node.rows, "number")}
      {node.loops !== undefined && node.loops > 1 && (
        <span class="faint"> × {formatted(node.loops, "number")}</span>
      )}
      <span class={isBad && words ? "plan-off" : "faint"}>{words ? ` · ${words}` : " · as expected"}</span>
    </span>
  );
}

function Details({ of }: { readonly of: PlanNode }): JSX.Element {
  const facts = [
    { name: "Cost", text: formatted(of.cost, "number") },
    { name: "Rows expected", text: of.rowsEstimated.toLocaleString("en") },
    ...(of.totalMs === undefined ? [] : [{ name: "Time with those below", text: msText(of.totalMs) }]),
    ...(of.loops === undefined ? [] : [{ name: "Times done", text: of.loops.toLocaleString("en") }]),
    ...(of.rowsRemoved === undefined
      ? []
      : [{ name: "Rows thrown away", text: Math.round(of.rowsRemoved).toLocaleString("en") }]),
    ...of.details,
  ];
  return (
    <dl class="plan-details">
      {facts.map(({ name, text }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class="mono">
            <ShownText text={text} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
