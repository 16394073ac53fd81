import type { JSX } from "preact";
import type { SqlAdvice } from "../../../../control-api/index.ts";
import { address } from "../../state/address.ts";
import { Badge } from "../../ui/badge.tsx";
import { CopyButton } from "../copy.tsx";
import { ShownText } from "../shown-text.tsx";

/** What could be better, each with what it is about and a statement that would mend it. */
export function AdviceList({
  advice,
  isAboutTables = false,
  onChoose,
  titleOf,
}: {
  readonly advice: readonly SqlAdvice[];
  /** Whether each leads to its table. */
  readonly isAboutTables?: boolean;
  /** Of a plan: shows the node that it is about. */
  readonly onChoose?: (about: string) => void;
  readonly titleOf?: (about: string) => string;
}): JSX.Element {
  return (
    <ul class="advice">
      {advice.map((one) => (
        <li key={`${one.about} ${one.title} ${one.sql}`} class="advice-one">
          <p class="advice-title">
            <Badge level={one.level === "warn" ? "warn" : "plain"}>
              {one.level === "warn" ? "Costs time" : "May help"}
            </Badge>
            <strong>{one.title}</strong>
            {isAboutTables && <TableLink name={one.about} />}
            {onChoose && (
              <button type="button" class="advice-about" onClick={() => onChoose(one.about)}>
                <ShownText text={titleOf?.(one.about) ?? one.about} />
              </button>
            )}
          </p>
          <p class="soft">
            <ShownText text={one.text} />
          </p>
          {one.sql !== undefined && (
            <p class="advice-sql">
              <code>
                <ShownText text={one.sql} />
              </code>
              <CopyButton what="the statement" text={() => one.sql ?? ""} />
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

function TableLink({ name }: { readonly name: string }): JSX.Element {
  const query = new URLSearchParams(address.value);
  query.set("table", name);
  return (
    <a href={`/?${query}`}>
      <ShownText text={name} />
    </a>
  );
}
