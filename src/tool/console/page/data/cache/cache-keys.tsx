import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { CacheKeysAnswer } from "../../../../control-api/index.ts";
import { setParams, useParam } from "../../state/address.ts";
import { nowMs } from "../../state/clock.ts";
import { Button } from "../../ui/button.tsx";
import { Empty, Failure, Loading } from "../../ui/empty.tsx";
import { askData, usePages } from "../ask-data.ts";
import { CacheStrip } from "./cache-strip.tsx";
import { CacheValue } from "./cache-value.tsx";
import { type FoundKey, KeyList, KeyTree } from "./key-list.tsx";

const COUNT = 100;
/** More than these nobody reads: a narrower pattern helps more. */
const KEYS_MAX = 5_000;
/** A pattern that fits few of many keys is followed so far by itself before the reader is asked. */
const EMPTY_ROUNDS = 10;

interface KeysPage {
  readonly keys: readonly FoundKey[];
  readonly cursor: string | undefined;
  readonly total: number | undefined;
}

/** Keys of a cache by pattern, and the value of the one that is chosen. */
export function CacheKeys({ part }: { readonly part: string }): JSX.Element {
  const [pattern = "*"] = useParam("pattern");
  const [key] = useParam("key");
  const [asTree, setAsTree] = useParam("tree");
  const found = usePages<KeysPage>(
    JSON.stringify([part, pattern]),
    (before, signal) => findKeys(part, pattern, before?.cursor, signal),
    (page) => page.cursor === undefined,
  );
  const keys = distinct(found.pages.flatMap((page) => page.keys)).slice(0, KEYS_MAX);
  return (
    <>
      <CacheStrip part={part} />
      <div class={`data-panes${key === undefined ? "" : " data-panes-open"}`}>
        <section class="card data-list" aria-label="Keys">
          <Search
            pattern={pattern}
            asTree={asTree === "1"}
            onTree={() => setAsTree(asTree === "1" ? undefined : "1")}
            onReload={found.reload}
          />
          {asTree === "1" ? (
            <KeyTree part={part} keys={keys} chosen={key} />
          ) : (
            <KeyList part={part} keys={keys} chosen={key} />
          )}
          <More found={found} shown={keys.length} pattern={pattern} />
        </section>
        <section class="card data-detail" aria-label="Value">
          {key === undefined ? (
            <Empty icon="data" title="Choose a key to see its value" />
          ) : (
            <CacheValue key={key} part={part} name={key} onGone={found.reload} />
          )}
        </section>
      </div>
    </>
  );
}

async function findKeys(
  part: string,
  pattern: string,
  from: string | undefined,
  signal: AbortSignal,
): Promise<KeysPage> {
  let cursor = from;
  for (let round = 1; ; round++) {
    const input = { pattern, count: COUNT, ...(cursor === undefined ? {} : { cursor }) };
    const answer = await askData<CacheKeysAnswer>(part, "keys", input, signal);
    cursor = answer.cursor;
    if (answer.keys.length > 0 || cursor === undefined || round === EMPTY_ROUNDS) {
      const foundMs = nowMs.peek();
      return { keys: answer.keys.map((key) => ({ ...key, foundMs })), cursor, total: answer.total };
    }
  }
}

/** A key that comes twice, as it may while the server makes room, is shown once. */
function distinct(keys: readonly FoundKey[]): readonly FoundKey[] {
  return [...new Map(keys.map((key) => [key.key, key])).values()];
}

function Search({
  pattern,
  asTree,
  onTree,
  onReload,
}: {
  readonly pattern: string;
  readonly asTree: boolean;
  readonly onTree: () => void;
  readonly onReload: () => void;
}): JSX.Element {
  const [text, setText] = useState(pattern);
  const submit = (event: Event) => {
    event.preventDefault();
    const next = text.trim();
    if (next === pattern) onReload();
    setParams({ pattern: next === "*" ? undefined : next, key: undefined }, "push");
  };
  return (
    <form class="data-search" onSubmit={submit}>
      <input
        class="input mono"
        type="search"
        data-search
        aria-label="Pattern of keys"
        title="* any letters, ? one letter, [ab] one of these, \x00 a byte"
        placeholder="user:*"
        spellcheck={false}
        autocomplete="off"
        maxLength={512}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" icon="search" label="Find keys" />
      <Button icon="filter" label="Group by :" pressed={asTree} onClick={onTree} />
      <Button icon="restart" label="Look again" onClick={onReload} />
    </form>
  );
}

function More({
  found,
  shown,
  pattern,
}: {
  readonly found: ReturnType<typeof usePages<KeysPage>>;
  readonly shown: number;
  readonly pattern: string;
}): JSX.Element {
  if (found.error) return <Failure error={found.error} onRetry={found.more ?? found.reload} />;
  if (found.pages.length === 0) return <Loading lines={6} />;
  const total = found.pages.at(-1)?.total;
  const isFull = shown >= KEYS_MAX;
  if (shown === 0 && !found.more && !found.isLoading) {
    return (
      <Empty icon="search" title={total === 0 ? "The cache is empty" : `No key fits ${pattern}`}>
        {total !== 0 && (
          <p>A pattern fits whole keys: *{pattern.replaceAll("*", "")}* finds those that hold it.</p>
        )}
      </Empty>
    );
  }
  return (
    <div class="data-more">
      <span class="faint" role="status">
        {shown.toLocaleString("en")} shown
        {total === undefined ? "" : ` of ${total.toLocaleString("en")} in all`}
        {isFull ? ": narrow the pattern to see others" : ""}
      </span>
      {(found.more || found.isLoading) && !isFull && (
        <Button disabled={found.isLoading} {...(found.more ? { onClick: found.more } : {})}>
          {found.isLoading ? "Looking…" : "Look further"}
        </Button>
      )}
    </div>
  );
}
