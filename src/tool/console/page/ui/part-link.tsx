import type { JSX } from "preact";
import { hrefOf } from "../state/address.ts";
import { Icon, iconOfKind } from "./icon.tsx";

/** A part's name that leads to its view. */
export function PartLink({
  part,
  kind,
}: {
  readonly part: string;
  readonly kind?: string | undefined;
}): JSX.Element {
  return (
    <a class="part-link" href={hrefOf("part", { part })}>
      {kind && <Icon name={iconOfKind(kind)} />}
      <span>{part}</span>
    </a>
  );
}
