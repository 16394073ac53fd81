import type { JSX } from "preact";
import { setParams } from "../state/address.ts";
import { system } from "../state/live.ts";
import { Button } from "../ui/button.tsx";
import { useDraft } from "../ui/draft.ts";
import { Icon } from "../ui/icon.tsx";
import type { TraceFilter } from "./trace-filter.ts";

/** What traces are searched for by. All of it is in the address. */
export function TraceFilters({ filter }: { readonly filter: TraceFilter }): JSX.Element {
  const { part, peer, status, minMs, maxMs, text, sort } = filter;
  const isFiltered = [part, peer, status, minMs, maxMs, text].some((one) => one !== undefined);
  const names = system.value?.parts.map(({ name }) => name) ?? [];
  return (
    <search class="filters" aria-label="Search in traces">
      <SearchField value={text ?? ""} />
      <PartField title="Part" value={part} names={names} onChoose={(part) => setParams({ part })} />
      <PartField title="Calls" value={peer} names={names} onChoose={(peer) => setParams({ peer })} />
      <label class="filter">
        <span>Status</span>
        <select
          class="input"
          value={status ?? ""}
          onChange={(event) => setParams({ status: event.currentTarget.value })}
        >
          <option value="">any</option>
          <option value="error">failed</option>
          <option value="ok">went well</option>
        </select>
      </label>
      <DurationField title="At least" name="minMs" value={minMs} />
      <DurationField title="At most" name="maxMs" value={maxMs} />
      <label class="filter">
        <span>Order</span>
        <select
          class="input"
          value={sort}
          onChange={(event) =>
            setParams({ sort: event.currentTarget.value === "duration" ? "duration" : undefined })
          }
        >
          <option value="time">newest first</option>
          <option value="duration">longest first</option>
        </select>
      </label>
      {isFiltered && (
        <Button
          look="quiet"
          icon="close"
          onClick={() =>
            setParams({
              part: undefined,
              peer: undefined,
              status: undefined,
              minMs: undefined,
              maxMs: undefined,
              text: undefined,
            })
          }
        >
          All traces
        </Button>
      )}
    </search>
  );
}

function PartField({
  title,
  value,
  names,
  onChoose,
}: {
  readonly title: string;
  readonly value: string | undefined;
  readonly names: readonly string[];
  readonly onChoose: (name: string) => void;
}): JSX.Element {
  return (
    <label class="filter">
      <span>{title}</span>
      <select class="input" value={value ?? ""} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value="">any</option>
        {value !== undefined && !names.includes(value) && <option value={value}>{value}</option>}
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function SearchField({ value }: { readonly value: string }): JSX.Element {
  const { text, type, settle } = useDraft(value, (next) => setParams({ text: next.trim() }));
  return (
    <div class="search-field">
      <Icon name="search" />
      <input
        class="input"
        type="search"
        aria-label="Text in a name, a route, a query or an attribute; or a trace's id"
        placeholder="Name, route, query, attribute or id"
        maxLength={500}
        data-search
        value={text}
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && settle()}
        onBlur={settle}
      />
    </div>
  );
}

function DurationField({
  title,
  name,
  value,
}: {
  readonly title: string;
  readonly name: "minMs" | "maxMs";
  readonly value: number | undefined;
}): JSX.Element {
  const { text, type, settle } = useDraft(value === undefined ? "" : String(value), (next) =>
    setParams({ [name]: next }),
  );
  return (
    <label class="filter">
      <span>{title}</span>
      <span class="filter-ms">
        <input
          class="input"
          type="number"
          min={0}
          step="any"
          value={text}
          onInput={(event) => type(event.currentTarget.value)}
          onKeyDown={(event) => event.key === "Enter" && settle()}
          onBlur={settle}
        />
        <span>ms</span>
      </span>
    </label>
  );
}
