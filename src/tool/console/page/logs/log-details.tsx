import type { JSX } from "preact";
import type { LogEntry } from "../../../control-api/index.ts";
import { fieldTerm, markedInField, markedWords } from "../../model/log-filter.ts";
import { wholeTime } from "../../model/log-time.ts";
import { hrefOf } from "../state/address.ts";
import { Button } from "../ui/button.tsx";
import { PartLink } from "../ui/part-link.tsx";
import { tell } from "../ui/toast.tsx";
import { VisibleText } from "../ui/visible-text.tsx";
import { addTerm } from "./log-address.ts";

const FIELDS_MAX = 100;
const TEXT_LENGTH = 16_000;
const VALUE_LENGTH = 4_000;

/** All that an entry says, each field with "only these" and "without these". */
export function LogDetails({
  entry,
  search,
  isUtc,
}: {
  readonly entry: LogEntry;
  readonly search: string;
  readonly isUtc: boolean;
}): JSX.Element {
  const fields = Object.entries(entry.fields ?? {});
  return (
    <div class="log-details">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys. */}
      <section class="log-whole" tabIndex={0} aria-label="Text">
        <pre>
          <VisibleText text={entry.text} marked={markedWords(search)} keepsLines lengthMax={TEXT_LENGTH} />
        </pre>
      </section>
      <p class="log-facts">
        <span class="mono">{wholeTime(entry.timeMs, isUtc)}</span>
        <PartLink part={entry.part} />
        {entry.replica !== entry.part && <span class="mono">{entry.replica}</span>}
        <span class="soft">{entry.source}</span>
        {entry.traceId !== undefined && (
          <a href={hrefOf("traces", { trace: entry.traceId, span: entry.spanId })}>
            Trace <span class="mono">{entry.traceId.slice(0, 8)}…</span>
          </a>
        )}
        <Button look="quiet" icon="copy" onClick={() => copy(entry.text)}>
          Copy line
        </Button>
        <Button look="quiet" onClick={() => copy(JSON.stringify(entry))}>
          Copy as JSON
        </Button>
      </p>
      {fields.length > 0 && (
        <dl class="log-fields">
          {fields.slice(0, FIELDS_MAX).map(([name, value]) => (
            <Field key={name} name={name} value={value} search={search} />
          ))}
        </dl>
      )}
      {fields.length > FIELDS_MAX && <p class="chart-note">{fields.length - FIELDS_MAX} more fields</p>}
    </div>
  );
}

function Field({
  name,
  value,
  search,
}: {
  readonly name: string;
  readonly value: string;
  readonly search: string;
}): JSX.Element {
  const only = fieldTerm(name, value);
  const without = fieldTerm(name, value, true);
  const shownName = name.slice(0, 60);
  return (
    <div>
      <dt>
        <VisibleText text={name} lengthMax={200} />
      </dt>
      <dd class="mono">
        <VisibleText text={value} marked={markedInField(search, name)} keepsLines lengthMax={VALUE_LENGTH} />
      </dd>
      <dd class="log-field-buttons">
        {only !== undefined && (
          <Button
            look="quiet"
            icon="plus"
            label={`Only entries with this ${shownName}`}
            onClick={() => addTerm(only)}
          />
        )}
        {without !== undefined && (
          <Button
            look="quiet"
            icon="minus"
            label={`Without entries with this ${shownName}`}
            onClick={() => addTerm(without)}
          />
        )}
      </dd>
    </div>
  );
}

function copy(text: string): void {
  navigator.clipboard.writeText(text).then(
    () => tell("Copied"),
    () => tell("The browser does not let this page copy", "bad"),
  );
}
