import type { JSX } from "preact";
import type { MetricInfo, PartSnapshot } from "../../../control-api/index.ts";
import { formatted } from "../../model/format.ts";
import { partLook, partWords } from "../../model/state.ts";
import { hrefOf } from "../state/address.ts";
import { useAnswer } from "../state/api.ts";
import { partFigures } from "../state/live.ts";
import { metricsPath, run } from "../state/run.ts";
import { Badge } from "../ui/badge.tsx";
import { Icon, iconOfKind } from "../ui/icon.tsx";
import { Actions } from "./actions.tsx";
import { OwnCharts, PartCharts } from "./charts.tsx";
import { LatestLogs, LatestTraces } from "./latest.tsx";
import { Neighbours } from "./neighbours.tsx";
import { Replicas } from "./replicas.tsx";
import { Settings } from "./settings.tsx";
import { Waiting } from "./waiting.tsx";

/** How often it is asked which metrics there are: a program may begin to tell of new ones at any time. */
const INFOS_EVERY_MS = 15_000;

/** Everything about one part. */
export function OnePart({ part }: { readonly part: PartSnapshot }): JSX.Element {
  const infos = useAnswer<{ data: readonly MetricInfo[] }>(
    metricsPath("", run.value),
    {},
    { everyMs: INFOS_EVERY_MS },
  );
  return (
    <div class="page part">
      <header class="part-head">
        <div class="part-name">
          <a class="faint" href={hrefOf("part")}>
            Parts
          </a>
          <Icon name="right" size={12} />
          <Icon name={iconOfKind(part.kind)} size={20} />
          <h1>{part.name}</h1>
          <span class="soft">{part.kind}</span>
          <Badge level={partLook(part)}>{partWords(part)}</Badge>
        </div>
        <Actions part={part} />
        <Address part={part} />
      </header>
      <Waiting part={part} />
      <Strip part={part.name} />
      <div class="part-columns">
        <div class="part-main">
          <PartCharts part={part} infos={infos.data?.data} />
          <Replicas part={part} />
          {infos.data && <OwnCharts part={part.name} infos={infos.data.data} />}
        </div>
        <div class="part-side">
          <Neighbours part={part.name} />
          {run.value === undefined && (
            <>
              <LatestTraces part={part.name} />
              <LatestLogs part={part.name} />
            </>
          )}
          <Settings part={part.name} />
        </div>
      </div>
    </div>
  );
}

function Address({ part }: { readonly part: PartSnapshot }): JSX.Element | null {
  const urls = [...(part.url === undefined ? [] : [part.url]), ...(part.moreUrls ?? [])];
  if (urls.length === 0) return null;
  return (
    <p class="part-urls mono soft">
      {urls.map((url) =>
        /^https?:\/\//i.test(url) ? (
          <a key={url} href={url} target="_blank" rel="noreferrer">
            {url}
          </a>
        ) : (
          <span key={url}>{url}</span>
        ),
      )}
    </p>
  );
}

/** The figures of now, large. */
function Strip({ part }: { readonly part: string }): JSX.Element {
  const figures = partFigures(part).value;
  const requests = figures?.requests;
  const isFailing = (requests?.errorShare ?? 0) >= 0.01;
  return (
    <dl class="part-strip card">
      <Figure title="Requests" text={formatted(requests?.perSecond, "per-second")} />
      <Figure title="Errors" text={formatted(requests?.errorShare, "share")} isBad={isFailing} />
      <Figure title="p50" text={formatted(requests?.p50Ms, "ms")} />
      <Figure title="p99" text={formatted(requests?.p99Ms, "ms")} />
      <Figure title="CPU" text={formatted(figures?.cpu, "cores")} />
      <Figure title="Memory" text={formatted(figures?.memoryBytes, "bytes")} />
      {figures?.own.map((own) => (
        <Figure
          key={own.label}
          title={own.label}
          text={formatted(own.value, own.unit === "count" ? "number" : own.unit)}
          isBad={own.level === "bad"}
          {...(own.why === undefined ? {} : { why: own.why })}
        />
      ))}
    </dl>
  );
}

function Figure({
  title,
  text,
  isBad = false,
  why,
}: {
  readonly title: string;
  readonly text: string;
  readonly isBad?: boolean;
  readonly why?: string;
}): JSX.Element {
  return (
    <div class={isBad ? "part-strip-bad" : undefined} title={why}>
      <dt>{title}</dt>
      <dd>
        {isBad && <Icon name="warn" size={14} title="Bad" />}
        {text}
      </dd>
    </div>
  );
}
