import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { SqlExplainAnswer, SqlQueryAnswer } from "../../../../control-api/index.ts";
import { ApiError } from "../../../model/api-error.ts";
import { setParams, useParam } from "../../state/address.ts";
import { Button } from "../../ui/button.tsx";
import { Empty, Failure, Loading } from "../../ui/empty.tsx";
import { KeyHint } from "../../ui/key-hint.tsx";
import { Menu, MenuItem } from "../../ui/menu.tsx";
import { askData } from "../ask-data.ts";
import { ShownText } from "../shown-text.tsx";
import { Grid } from "./grid.tsx";
import { PlanView } from "./plan-view.tsx";
import { Problem } from "./problem.tsx";
import { queryHistory, rememberQuery } from "./query-history.ts";

type Way = "run" | "explain" | "measure";

/** What came of the last statement. */
type Outcome =
  | { readonly is: "nothing" }
  | { readonly is: "waiting"; readonly way: Way }
  | { readonly is: "failed"; readonly error: ApiError }
  | { readonly is: "rows"; readonly sql: string; readonly answer: SqlQueryAnswer }
  | { readonly is: "plan"; readonly sql: string; readonly answer: SqlExplainAnswer };

/** One statement that reads: its rows, or its plan. What the address holds is put in the field and not run: a link must not do that. */
export function SqlQuery({ part }: { readonly part: string }): JSX.Element {
  const [given] = useParam("sql");
  const [sql, setSql] = useState(given ?? "");
  const [outcome, setOutcome] = useState<Outcome>({ is: "nothing" });
  const underWay = useRef<AbortController | undefined>(undefined);
  const field = useRef<HTMLTextAreaElement>(null);
  // "Back" and links within the page bring other statements.
  useEffect(() => {
    if (given !== undefined) setSql(given);
  }, [given]);
  useEffect(() => () => underWay.current?.abort(), []);

  const run = (way: Way) => {
    if (sql.trim() === "") return;
    underWay.current?.abort();
    const controller = new AbortController();
    underWay.current = controller;
    rememberQuery(part, sql);
    setParams({ sql }, "push");
    setOutcome({ is: "waiting", way });
    outcomeOf(part, sql, way, controller.signal).then((next) => {
      if (controller.signal.aborted) return;
      setOutcome(next);
      const at = next.is === "rows" || next.is === "plan" ? positionOf(next.answer) : undefined;
      if (at !== undefined) field.current?.setSelectionRange(at, at + 1);
    });
  };
  return (
    <div class="query">
      <section class="card query-editor" aria-label="Statement">
        <textarea
          ref={field}
          class="query-field mono"
          data-search
          aria-label="A statement that reads"
          placeholder="SELECT …"
          rows={Math.min(14, Math.max(4, sql.split("\n").length + 1))}
          maxLength={8_000}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          value={sql}
          onInput={(event) => setSql(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            run(event.shiftKey ? "explain" : "run");
          }}
        />
        <div class="query-bar">
          <Button look="main" icon="play" keys="Control+Enter" onClick={() => run("run")}>
            Run
          </Button>
          <Button keys="Control+Shift+Enter" onClick={() => run("explain")}>
            Explain
          </Button>
          <Button onClick={() => run("measure")}>Run and explain</Button>
          <History part={part} onChoose={setSql} />
          <span class="query-hint faint">
            <KeyHint keys="Mod+Enter" /> It only reads: for five seconds, and 500 rows
          </span>
        </div>
      </section>
      <Shown outcome={outcome} onRetry={() => run("run")} />
    </div>
  );
}

async function outcomeOf(part: string, sql: string, way: Way, signal: AbortSignal): Promise<Outcome> {
  try {
    if (way === "run")
      return { is: "rows", sql, answer: await askData<SqlQueryAnswer>(part, "query", { sql }, signal) };
    const input = { sql, analyze: way === "measure" };
    return { is: "plan", sql, answer: await askData<SqlExplainAnswer>(part, "explain", input, signal) };
  } catch (error) {
    const told = error instanceof ApiError ? error : new ApiError("BROKEN", String(error), 0);
    return { is: "failed", error: told };
  }
}

function positionOf(answer: SqlQueryAnswer | SqlExplainAnswer): number | undefined {
  return "problem" in answer ? answer.problem.position : undefined;
}

function History({
  part,
  onChoose,
}: {
  readonly part: string;
  readonly onChoose: (sql: string) => void;
}): JSX.Element {
  return (
    <Menu label="Statements that were run before" icon="clock" align="left">
      {(close) => {
        const entries = queryHistory(part);
        if (entries.length === 0) return <p class="data-note soft">None was run in this tab</p>;
        return entries.map((sql) => (
          <MenuItem
            key={sql}
            onClick={() => {
              onChoose(sql);
              close();
            }}
          >
            <span class="mono query-past">
              <ShownText text={sql.replace(/\s+/g, " ").slice(0, 100)} />
            </span>
          </MenuItem>
        ));
      }}
    </Menu>
  );
}

function Shown({
  outcome,
  onRetry,
}: {
  readonly outcome: Outcome;
  readonly onRetry: () => void;
}): JSX.Element {
  switch (outcome.is) {
    case "nothing":
      return (
        <Empty icon="table" title="Nothing was run yet">
          <p>
            Whatever is run here reads in a transaction of its own that is rolled back: it changes nothing.
          </p>
        </Empty>
      );
    case "waiting":
      return <Loading lines={5} />;
    case "failed":
      return <Failure error={outcome.error} onRetry={onRetry} />;
    case "rows":
      return (
        <div class="card">
          {"problem" in outcome.answer ? (
            <Problem of={outcome.answer.problem} sql={outcome.sql} />
          ) : (
            <Grid of={outcome.answer} caption="Rows" />
          )}
        </div>
      );
    case "plan":
      return "problem" in outcome.answer ? (
        <section class="card" aria-label="Plan">
          <Problem of={outcome.answer.problem} sql={outcome.sql} />
        </section>
      ) : (
        <PlanView of={outcome.answer} />
      );
  }
}
