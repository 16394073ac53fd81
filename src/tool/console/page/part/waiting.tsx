import type { JSX } from "preact";
import type { PartSnapshot, ReplicaSnapshot, State } from "../../../control-api/index.ts";
import { stateWords } from "../../model/state.ts";
import { hrefOf } from "../state/address.ts";
import { system } from "../state/live.ts";
import { Icon } from "../ui/icon.tsx";

/** What keeps a part from being ready, with links to the parts that it waits for. Nothing while it is. */
export function Waiting({ part }: { readonly part: PartSnapshot }): JSX.Element | null {
  const held = part.replicas.filter(({ state }) => HELD.has(state.is));
  if (held.length === 0) return null;
  return (
    <section class="waiting card" aria-label="Why it is not ready">
      <ul>
        {grouped(held).map(({ words, state, replicas }) => (
          <li key={words}>
            <Icon name={state.is === "failed" || state.is === "gave-up" ? "warn" : "clock"} />
            <span>
              <strong>{nameOf(replicas, part)}</strong> <WithLinks words={words} />
            </span>
            {(state.is === "failed" || state.is === "gave-up") && (
              <a href={hrefOf("logs", { part: part.name })}>What it wrote</a>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

const HELD = new Set<State["is"]>(["waiting", "starting", "failed", "gave-up"]);

function nameOf(replicas: readonly string[], part: PartSnapshot): string {
  const { length } = replicas;
  return length > 1 && length === part.replicas.length ? `All ${length} replicas:` : replicas.join(", ");
}

interface Group {
  readonly words: string;
  readonly state: State;
  readonly replicas: string[];
}

/** Replicas that are held up by the same stand together. */
function grouped(replicas: readonly ReplicaSnapshot[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { id, state } of replicas) {
    const words = stateWords(state);
    const group = groups.get(words) ?? { words, state, replicas: [] };
    group.replicas.push(id);
    groups.set(words, group);
  }
  return [...groups.values()];
}

/** A sentence in which the names of parts lead to them. */
function WithLinks({ words }: { readonly words: string }): JSX.Element {
  const names = new Set(system.value?.parts.map(({ name }) => name));
  return (
    <>
      {words.split(/([\w-]+)/).map((word, at) =>
        names.has(word) ? (
          <a key={`${at} ${word}`} href={hrefOf("part", { part: word })}>
            {word}
          </a>
        ) : (
          word
        ),
      )}
    </>
  );
}
