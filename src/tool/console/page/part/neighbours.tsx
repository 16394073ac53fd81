import type { JSX } from "preact";
import { formatted } from "../../model/format.ts";
import { figures, linkFigures, system } from "../state/live.ts";
import { Icon } from "../ui/icon.tsx";
import { PartLink } from "../ui/part-link.tsx";

/** Who uses a part, and whom it uses, each with what passes between them now. */
export function Neighbours({ part }: { readonly part: string }): JSX.Element {
  const links = figures.value?.links ?? [];
  const users = [...new Set(links.filter((link) => link.to === part).map((link) => link.from))];
  const used = [...new Set(links.filter((link) => link.from === part).map((link) => link.to))];
  return (
    <>
      <Side title="Used by" part={part} others={users} isUser />
      <Side title="Uses" part={part} others={used} isUser={false} />
    </>
  );
}

function Side({
  title,
  part,
  others,
  isUser,
}: {
  readonly title: string;
  readonly part: string;
  readonly others: readonly string[];
  readonly isUser: boolean;
}): JSX.Element | null {
  if (others.length === 0) return null;
  return (
    <section class="card">
      <div class="card-head">
        <h2>{title}</h2>
      </div>
      <ul class="neighbours">
        {others.map((other) => (
          <li key={other}>
            <PartLink part={other} kind={system.value?.parts.find(({ name }) => name === other)?.kind} />
            {isUser ? <Link from={other} to={part} /> : <Link from={part} to={other} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Link({ from, to }: { readonly from: string; readonly to: string }): JSX.Element {
  const requests = linkFigures(from, to).value?.requests;
  const isBad = (requests?.errorShare ?? 0) >= 0.01;
  return (
    <span class="neighbour-figures">
      <span title="Requests">{formatted(requests?.perSecond, "per-second")}</span>
      <span title="Errors" class={isBad ? "state-bad" : "soft"}>
        {isBad && <Icon name="warn" size={12} title="Many errors" />}{" "}
        {formatted(requests?.errorShare, "share")}
      </span>
      <span title="99th percentile of the latency" class="soft">
        {formatted(requests?.p99Ms, "ms")}
      </span>
    </span>
  );
}
