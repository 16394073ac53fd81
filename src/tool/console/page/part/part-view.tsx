import type { JSX } from "preact";
import { hrefOf, useParam } from "../state/address.ts";
import { connection, system } from "../state/live.ts";
import { Empty, Loading } from "../ui/empty.tsx";
import { OnePart } from "./one-part.tsx";
import { PartList } from "./part-list.tsx";

/** One part of the system: what it is, how it is, and what can be done to it. Without one in the address, the list of all. */
export function PartView(): JSX.Element {
  const [name] = useParam("part");
  const snapshot = system.value;
  if (!snapshot) return <Loading lines={8} />;
  if (name === undefined) return <PartList parts={snapshot.parts} />;
  const part = snapshot.parts.find((one) => one.name === name);
  if (part) return <OnePart key={part.name} part={part} />;
  return (
    <Empty icon="part" title={`No part has the name ${name}`}>
      {connection.value === "open" && <a href={hrefOf("part")}>All parts</a>}
    </Empty>
  );
}
