import type { JSX } from "preact";
import { LEVELS, type LogFilter } from "../../model/log-filter.ts";
import { setParams } from "../state/address.ts";
import { system } from "../state/live.ts";
import { Button } from "../ui/button.tsx";
import { useDraft } from "../ui/draft.ts";
import { Icon } from "../ui/icon.tsx";
import { Menu } from "../ui/menu.tsx";
import { showParts } from "./log-address.ts";

/** What of the logs is looked at. All of it is in the address. */
export function LogFilters({ filter }: { readonly filter: LogFilter }): JSX.Element {
  const { parts, replica, level, traceId } = filter;
  const replicas =
    system.value?.parts
      .filter(({ name }) => parts.length === 0 || parts.includes(name))
      .flatMap((part) => part.replicas.map(({ id }) => id)) ?? [];
  return (
    <search class="filters" aria-label="Search in logs">
      <SearchField value={filter.text} />
      <PartsMenu parts={parts} />
      <label class="filter">
        <span>Replica</span>
        <select
          class="input"
          value={replica ?? ""}
          onChange={(event) => setParams({ replica: event.currentTarget.value })}
        >
          <option value="">any</option>
          {replica !== undefined && !replicas.includes(replica) && <option value={replica}>{replica}</option>}
          {replicas.map((id) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </select>
      </label>
      <label class="filter">
        <span>Level</span>
        <select
          class="input"
          value={level ?? ""}
          onChange={(event) => setParams({ level: event.currentTarget.value })}
        >
          <option value="">any</option>
          {LEVELS.slice(1).map((one) => (
            <option key={one} value={one}>
              {one === "fatal" ? one : `${one} and worse`}
            </option>
          ))}
        </select>
      </label>
      {traceId !== undefined && (
        <Button
          icon="close"
          onClick={() => setParams({ traceId: undefined })}
          label={`Not only trace ${traceId}`}
        >
          trace <span class="mono">{traceId.slice(0, 8)}…</span>
        </Button>
      )}
    </search>
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
        aria-label="Words that have to occur; -word leaves out, field:value looks in one field"
        placeholder={'words "a phrase" -without field:value'}
        maxLength={1_000}
        spellcheck={false}
        data-search
        value={text}
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && settle()}
        onBlur={settle}
      />
    </div>
  );
}

function PartsMenu({ parts }: { readonly parts: readonly string[] }): JSX.Element {
  const known = system.value?.parts.map(({ name }) => name) ?? [];
  const names = [...known, ...parts.filter((part) => !known.includes(part))];
  const [first] = parts;
  const text = first === undefined ? "All parts" : parts.length === 1 ? first : `${parts.length} parts`;
  return (
    <Menu label={`Parts: ${text}`} icon="filter" text={text} align="left">
      {() => (
        <div class="parts-menu">
          <Button look="quiet" disabled={parts.length === 0} onClick={() => showParts([])}>
            All parts
          </Button>
          {names.map((name) => (
            <label key={name} class="parts-item">
              <input
                type="checkbox"
                checked={parts.includes(name)}
                onChange={(event) =>
                  showParts(
                    event.currentTarget.checked ? [...parts, name] : parts.filter((one) => one !== name),
                  )
                }
              />
              {name}
            </label>
          ))}
        </div>
      )}
    </Menu>
  );
}
