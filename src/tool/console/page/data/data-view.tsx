import type { JSX } from "preact";
import type { DataViewInfo, PartSnapshot } from "../../../control-api/index.ts";
import { hrefOf, param, setParams } from "../state/address.ts";
import { get, partPath } from "../state/api.ts";
import { useAsked } from "../state/asking.ts";
import { system } from "../state/live.ts";
import { StateMark } from "../ui/badge.tsx";
import { Empty, Failure, Loading } from "../ui/empty.tsx";
import { Icon, iconOfKind } from "../ui/icon.tsx";
import { PartLink } from "../ui/part-link.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { DATA_LOOKS } from "./views.ts";

type ViewsByKind = ReadonlyMap<string, readonly DataViewInfo[]>;

/** A look into what the engines hold: which part, which of its looks, and that look itself. */
export function EngineData(): JSX.Element {
  const parts = system.value?.parts;
  const { data: views, error, reload } = useViews(parts);
  if (error) return <Failure error={error} onRetry={reload} />;
  if (!parts || !views) return <Loading lines={8} />;
  const open = parts.filter(({ kind }) => (views.get(kind)?.length ?? 0) > 0);
  const wanted = param("part");
  const part = open.find(({ name }) => name === wanted) ?? (wanted === undefined ? open[0] : undefined);
  return (
    <div class="page data">
      <header class="data-head">
        <h1>Data</h1>
        {open.length > 0 && <Parts parts={open} chosen={part?.name} />}
        {part && <About part={part} />}
      </header>
      {part ? (
        <OnePart key={part.name} part={part} views={views.get(part.kind) ?? []} />
      ) : (
        <Nothing wanted={wanted} isAny={open.length > 0} />
      )}
    </div>
  );
}

/** Parts of one kind bring the same looks: one of each is asked. */
function useViews(parts: readonly PartSnapshot[] | undefined) {
  const one = new Map((parts ?? []).map(({ kind, name }) => [kind as string, name]));
  const kinds = [...one.keys()].sort();
  const subject = kinds.join(" ");
  const ask = async (signal: AbortSignal): Promise<ViewsByKind> => {
    const answers = kinds.map(async (kind) => {
      const path = partPath(one.get(kind) ?? "", "views");
      const { data } = await get<{ data: readonly DataViewInfo[] }>(path, {}, signal);
      return [kind, data.filter(({ id }) => DATA_LOOKS.some((look) => look.id === id))] as const;
    });
    return new Map(await Promise.all(answers));
  };
  return useAsked(parts ? { subject, version: subject, ask } : undefined);
}

function Parts({
  parts,
  chosen,
}: {
  readonly parts: readonly PartSnapshot[];
  readonly chosen: string | undefined;
}): JSX.Element {
  return (
    <nav class="data-parts" aria-label="Parts that can be looked into">
      {parts.map(({ name, kind }) => (
        <a
          key={name}
          class="data-part"
          href={hrefOf("data", { part: name })}
          {...(name === chosen ? { "aria-current": "page" } : {})}
        >
          <Icon name={iconOfKind(kind)} size={14} />
          <span>{name}</span>
        </a>
      ))}
    </nav>
  );
}

function OnePart({
  part,
  views,
}: {
  readonly part: PartSnapshot;
  readonly views: readonly DataViewInfo[];
}): JSX.Element {
  const chosen = views.find(({ id }) => id === param("look")) ?? views[0];
  const look = DATA_LOOKS.find(({ id }) => id === chosen?.id);
  if (!chosen || !look) return <Empty icon="data" title="This page cannot draw what it holds" />;
  const shown = <look.Look key={look.id} part={part.name} />;
  if (views.length === 1) return shown;
  return (
    <Tabs
      label={`Looks into ${part.name}`}
      tabs={views}
      chosen={chosen.id}
      onChoose={(id) => setParams({ part: part.name, look: id }, "push")}
    >
      {shown}
    </Tabs>
  );
}

/** The part itself, how it is, and the way to all else about it. */
function About({ part }: { readonly part: PartSnapshot }): JSX.Element {
  const [replica] = part.replicas;
  return (
    <p class="data-about">
      <PartLink part={part.name} kind={part.kind} />
      {replica && <StateMark state={replica.state} />}
      {part.external && <span class="soft">stands outside this system</span>}
    </p>
  );
}

function Nothing({
  wanted,
  isAny,
}: {
  readonly wanted: string | undefined;
  readonly isAny: boolean;
}): JSX.Element {
  if (wanted !== undefined) return <Empty icon="data" title={`There is no look into ${wanted}`} />;
  if (isAny) return <Loading />;
  return (
    <Empty icon="data" title="No part of this system holds data that can be looked into">
      <p>
        A <code>cache(…)</code> or a <code>database(…)</code> in the design is found here.
      </p>
    </Empty>
  );
}
