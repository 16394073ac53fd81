import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { durationMsOf, spanInWords } from "../../model/duration.ts";
import { timeText } from "../../model/format.ts";
import { liveSpan, RANGES, range, showBetween, showLast } from "../state/range.ts";
import { Button } from "../ui/button.tsx";
import { Menu, MenuItem } from "../ui/menu.tsx";

/** Chooses which stretch of time is shown: the last so many minutes, or from one moment to another. */
export function RangePicker(): JSX.Element {
  const span = liveSpan.value;
  const { fromMs, toMs } = range.value;
  const text = span ?? `${timeText(fromMs)} – ${timeText(toMs)}`;
  return (
    <Menu label={`Time range: ${text}`} icon="clock" text={text}>
      {(close) => (
        <>
          {RANGES.map((one) => (
            <MenuItem
              key={one}
              chosen={one === span}
              onClick={() => {
                showLast(one);
                close();
              }}
            >
              {spanInWords(one)}
            </MenuItem>
          ))}
          <RangeForm onDone={close} />
        </>
      )}
    </Menu>
  );
}

function RangeForm({ onDone }: { readonly onDone: () => void }): JSX.Element {
  const { fromMs, toMs } = range.peek();
  const [from, setFrom] = useState(() => localText(fromMs));
  const [to, setTo] = useState(() => localText(toMs));
  const [problem, setProblem] = useState("");
  const show = (event: Event) => {
    event.preventDefault();
    const [start, end] = [momentOf(from), momentOf(to)];
    if (!(end > start)) return setProblem("The end has to come after the beginning");
    showBetween(start, end);
    onDone();
  };
  return (
    <form class="range-form" onSubmit={show}>
      <label class="field">
        <span>From</span>
        <input
          class="input"
          type="datetime-local"
          step="1"
          value={from}
          required
          onInput={(event) => setFrom(event.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>To</span>
        <input
          class="input"
          type="datetime-local"
          step="1"
          value={to}
          required
          onInput={(event) => setTo(event.currentTarget.value)}
        />
      </label>
      {problem && (
        <p class="state-bad" role="alert">
          {problem}
        </p>
      )}
      <Button type="submit">Show</Button>
    </form>
  );
}

/** As a field for dates has it: the reader's own time, without a zone. */
function localText(timeMs: number): string {
  const date = new Date(timeMs);
  return new Date(timeMs - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

function momentOf(text: string): number {
  const spanMs = durationMsOf(text);
  return spanMs === undefined ? new Date(text).getTime() : Date.now() - spanMs;
}
