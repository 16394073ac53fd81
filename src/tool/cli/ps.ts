import { resolve } from "node:path";
import { findRunning, type ScalingSnapshot, type SystemSnapshot } from "../run/index.ts";
import { type Paint, paintOf, type Style } from "./paint.ts";
import { shownPath } from "./shown-path.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { duration, memory, stateSentence, stateWord } from "./words.ts";

export interface PsOptions {
  readonly file: string;
  readonly json: boolean;
}

/** Shows what runs. Throws `NOT_RUNNING` when nothing does. */
export async function ps({ file, json }: PsOptions, terminal: Terminal): Promise<void> {
  const control = await findRunning(resolve(terminal.folder, file));
  const snapshot = await control.snapshot();
  const { out, clock, folder } = terminal;
  const lines = json
    ? [JSON.stringify(snapshot, undefined, 2)]
    : psLines({ ...snapshot, file: shownPath(folder, snapshot.file) }, clock.wallMs(), paintOf(out));
  out.write(lines.map((line) => `${line}\n`).join(""));
}

/** A snapshot for people: a line on the system, a line a process, and below what a word cannot say. */
export function psLines(snapshot: SystemSnapshot, nowMs: number, paint: Paint): string[] {
  const total = snapshot.parts
    .flatMap(({ replicas }) => replicas)
    .reduce((sum, replica) => sum + (replica.memoryBytes ?? 0), snapshot.memoryBytes ?? 0);
  const head = [
    `${paint("bold", snapshot.system)} ${paint(colourOf(snapshot.state), snapshot.state)}`,
    `up for ${duration(Math.max(0, nowMs - snapshot.startedMs))}`,
    ...(total > 0 ? [`${memory(total)} in all`] : []),
  ];
  return [
    `${head.join(", ")} (${snapshot.file})`,
    "",
    ...table(
      [
        { title: "PART" },
        { title: "KIND" },
        { title: "STATE" },
        { title: "SINCE", align: "right" },
        { title: "RESTARTS", align: "right" },
        { title: "MEMORY", align: "right" },
        { title: "PID", align: "right" },
        { title: "PORT", align: "right" },
      ],
      processRows(snapshot, nowMs, paint),
    ),
    ...details(snapshot, nowMs),
  ];
}

function processRows(snapshot: SystemSnapshot, nowMs: number, paint: Paint): string[][] {
  const since = (ms: number) => duration(Math.max(0, nowMs - ms));
  const rows = snapshot.parts.flatMap((part) => {
    if (part.external) return [[paint("bold", part.name), part.kind, "external"]];
    return part.replicas.map((replica) => {
      const word = stateWord(replica.state);
      return [
        paint("bold", replica.id),
        part.kind,
        paint(colourOf(word), word),
        since(replica.sinceMs),
        `${replica.restarts}`,
        replica.memoryBytes === undefined ? "" : memory(replica.memoryBytes),
        `${replica.pid ?? ""}`,
        `${replica.port ?? ""}`,
      ];
    });
  });
  const ownMemory = snapshot.memoryBytes === undefined ? "" : memory(snapshot.memoryBytes);
  rows.push(["supervisor", "", "", since(snapshot.startedMs), "", ownMemory, `${snapshot.pid}`, ""]);
  return rows;
}

/** The sentences of those that are not well, then where the parts are reached. */
function details({ parts }: SystemSnapshot, nowMs: number): string[] {
  const unwell = parts.flatMap(({ replicas }) =>
    replicas
      .filter(({ state }) => !["ready", "done", "stopped"].includes(state.is))
      .map(({ id, state, sinceMs }) => `${id}: ${stateSentence(state, nowMs - sinceMs)}`),
  );
  const scaled = parts.flatMap(({ name, replicas, scaling }) =>
    scaling ? [scalingSentence(name, replicas.length, scaling)] : [],
  );
  const urls = parts.flatMap(({ name, url, moreUrls = [] }) =>
    url === undefined ? [] : [[name, url] as const, ...moreUrls.map((more) => ["", more] as const)],
  );
  const width = Math.max(0, ...urls.map(([name]) => name.length));
  const reached = urls.map(([name, url]) => `${name.padEnd(width)}  ${url}`);
  return [unwell, scaled, reached].flatMap((lines) => (lines.length > 0 ? ["", ...lines] : []));
}

/** `api: 3 (1–6) replicas, cpu is at 65 %, its target is 70 %, near enough: stays at 3 replicas`. */
function scalingSentence(name: string, now: number, { min, max, wanted, reason }: ScalingSnapshot): string {
  const many = now === wanted ? `${now}` : `${now} of ${wanted}`;
  return `${name}: ${many} (${min}–${max}) replicas${reason === undefined ? "" : `, ${reason}`}`;
}

function colourOf(word: string): Style {
  if (word === "ready" || word === "done") return "green";
  return word === "failed" || word === "crash loop" || word === "degraded" ? "red" : "yellow";
}
