import type { JSX } from "preact";
import type { CacheKey } from "../../../../control-api/index.ts";
import { durationText, formatted, msText } from "../../../model/format.ts";
import { type KeyGroup, keyTree } from "../../../model/key-tree.ts";
import { address } from "../../state/address.ts";
import { nowMs } from "../../state/clock.ts";

/** A key, and when it was found: from then on its time to live is counted down. */
export interface FoundKey extends CacheKey {
  readonly foundMs: number;
}

interface ListProps {
  readonly part: string;
  readonly keys: readonly FoundKey[];
  readonly chosen: string | undefined;
}

/** Keys in the order in which they were found. */
export function KeyList({ part, keys, chosen }: ListProps): JSX.Element {
  return (
    <ul class="keys-list" onKeyDown={moveFocus}>
      {keys.map((one) => (
        <li key={one.key}>
          <KeyLine part={part} of={one} isChosen={one.key === chosen} />
        </li>
      ))}
    </ul>
  );
}

/** Keys in groups, by the colons in their names. */
export function KeyTree({ part, keys, chosen }: ListProps): JSX.Element {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the links within.
    <div class="keys-tree" onKeyDown={moveFocus}>
      <Group part={part} of={keyTree(keys)} chosen={chosen} />
    </div>
  );
}

function Group({
  part,
  of,
  chosen,
}: {
  readonly part: string;
  readonly of: KeyGroup<FoundKey>;
  readonly chosen: string | undefined;
}): JSX.Element {
  return (
    <ul class="keys-list">
      {of.groups.map((group) => (
        <li key={group.prefix}>
          <details class="keys-group" open={chosen?.startsWith(group.prefix) ?? false}>
            <summary>
              <span class="mono">{group.prefix.slice(of.prefix.length)}</span>
              <span class="faint">{group.count.toLocaleString("en")}</span>
            </summary>
            <Group part={part} of={group} chosen={chosen} />
          </details>
        </li>
      ))}
      {of.keys.map((one) => (
        <li key={one.key}>
          <KeyLine part={part} of={one} isChosen={one.key === chosen} from={of.prefix.length} />
        </li>
      ))}
    </ul>
  );
}

function KeyLine({
  of,
  isChosen,
  from = 0,
}: {
  readonly part: string;
  readonly of: FoundKey;
  readonly isChosen: boolean;
  readonly from?: number;
}): JSX.Element {
  const query = new URLSearchParams(address.value);
  query.set("key", of.key);
  return (
    <a class="keys-line" href={`/?${query}`} {...(isChosen ? { "aria-current": "true" } : {})}>
      <span class={`keys-type keys-type-${/^[a-z]+$/.test(of.type) ? of.type : "other"}`}>{of.type}</span>
      <span class="keys-name mono" title={of.key}>
        <bdi>{of.key.slice(from) || "(empty)"}</bdi>
      </span>
      <span class="keys-ttl faint">
        <TimeToLive of={of} />
      </span>
      <span class="keys-size faint">{formatted(of.bytes, "bytes")}</span>
    </a>
  );
}

/** How long a key still has, counting down; nothing of one that stays. */
export function TimeToLive({ of }: { readonly of: FoundKey }): JSX.Element | null {
  if (of.ttlMs === undefined) return null;
  const left = of.foundMs + of.ttlMs - nowMs.value;
  if (left <= 0) return <span>expired</span>;
  return <span title={`Expires in ${msText(left)}`}>{durationText(left)}</span>;
}

/** Up and down move along the lines. */
function moveFocus(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || !(event.currentTarget instanceof Element)) return;
  const lines = [...event.currentTarget.querySelectorAll<HTMLElement>("a, summary")].filter(
    (line) => line.offsetParent !== null,
  );
  const at = lines.indexOf(document.activeElement as HTMLElement);
  const next = at < 0 ? undefined : lines[at + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
