import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ranked } from "../../model/fuzzy.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icon.tsx";
import { KeyHint } from "../ui/key-hint.tsx";
import { type Command, useCommands } from "./commands.ts";

const SHOWN_MAX = 40;

/** Finds everything by a few letters: views, parts, runs, actions, traces by their id. */
export function Palette({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(0);
  const commands = useCommands(text);
  const found = useMemo(
    () => ranked(text, commands, (command) => command.title, SHOWN_MAX),
    [text, commands],
  );
  const list = useRef<HTMLDivElement>(null);
  const at = Math.min(chosen, found.length - 1);

  useEffect(() => {
    list.current?.querySelector(`[data-at="${at}"]`)?.scrollIntoView({ block: "nearest" });
  }, [at]);

  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step !== undefined && found.length > 0) {
      event.preventDefault();
      setChosen((at + step + found.length) % found.length);
    }
    if (event.key === "Enter") {
      event.preventDefault();
      run(found[at]?.item);
    }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      onClose();
    }
  };
  return (
    <Dialog title="Find" look="bare" onClose={onClose}>
      <div class="palette-field">
        <Icon name="search" />
        <input
          class="palette-input"
          type="text"
          role="combobox"
          aria-label="Find views, parts, runs, actions, traces"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-autocomplete="list"
          {...(found.length > 0 ? { "aria-activedescendant": `palette-${at}` } : {})}
          placeholder="Find a view, a part, a trace…"
          spellcheck={false}
          autocomplete="off"
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div class="palette-list" id="palette-list" ref={list} role="listbox" aria-label="Found">
        {found.map(({ item, hits }, index) => (
          <PaletteLine
            key={item.id}
            item={item}
            hits={hits}
            index={index}
            isChosen={index === at}
            onRun={() => run(item)}
            onPoint={() => setChosen(index)}
          />
        ))}
      </div>
      {found.length === 0 && (
        <p class="empty" role="status">
          Nothing has that name
        </p>
      )}
    </Dialog>
  );
}

function PaletteLine({
  item,
  hits,
  index,
  isChosen,
  onRun,
  onPoint,
}: {
  readonly item: Command;
  readonly hits: readonly number[];
  readonly index: number;
  readonly isChosen: boolean;
  readonly onRun: () => void;
  readonly onPoint: () => void;
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field above, which keeps the focus, has the keys of the whole list.
    <div
      class="palette-item"
      role="option"
      tabIndex={-1}
      id={`palette-${index}`}
      data-at={index}
      aria-selected={isChosen}
      onClick={onRun}
      onPointerMove={isChosen ? undefined : onPoint}
    >
      <Icon name={item.icon} />
      <span class="palette-title">
        <Marked text={item.title} hits={hits} />
      </span>
      <span class="faint">{item.group}</span>
      {item.keys && <KeyHint keys={item.keys} />}
    </div>
  );
}

/** A text with the letters that were found standing out. */
function Marked({ text, hits }: { readonly text: string; readonly hits: readonly number[] }): JSX.Element {
  if (hits.length === 0) return <>{text}</>;
  const isHit = new Set(hits);
  return <>{[...text].map((letter, at) => (isHit.has(at) ? <mark key={at}>{letter}</mark> : letter))}</>;
}
