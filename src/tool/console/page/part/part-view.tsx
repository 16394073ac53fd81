import type { JSX } from "preact";
import { useParam } from "../state/address.ts";

/** One part of the system: what it is, how it is, and what can be done to it. */
export function PartView(): JSX.Element {
  const [part] = useParam("part");
  return <h1>{part ?? "Parts"}</h1>;
}
