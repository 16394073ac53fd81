import type {
  LinkFigures,
  Mark,
  OwnFigure,
  PartFigures,
  PartSnapshot,
  RequestFigures,
  RequirementStatus,
} from "../../control-api/index.ts";
import { bytesText, countText, formatted, msText, rateText, shareText } from "./format.ts";
import { partLook, type StateLook, stateWords } from "./state.ts";

/** How a link looks: `idle` while nothing is asked, `unknown` while nobody tells. Pure. */
export type LinkLevel = "good" | "warn" | "bad" | "idle" | "unknown";

export interface LinkSign {
  readonly level: LinkLevel;
  /** Why it is not good, in words. */
  readonly why?: string;
  /** Of the line, in pixels: by the logarithm of the rate. */
  readonly thickness: number;
  /** 0 does not move; 1 to 5, faster with more traffic. Steps, so that a movement does not begin anew with each figure. */
  readonly flow: 0 | 1 | 2 | 3 | 4 | 5;
}

/** From this share of failures a link is told to be bad, or to be looked at. */
export const ERRORS_BAD = 0.05;
export const ERRORS_WARN = 0.001;

/**
 * How a link is drawn. `slowMs` is the bound of the system's 99th percentile, where it has one: a single call that takes longer than what the
 * whole may take is told.
 */
export function linkSign(requests: RequestFigures | undefined, slowMs: number | undefined): LinkSign {
  if (!requests) return { level: "unknown", thickness: 1.25, flow: 0 };
  const { perSecond, errorShare, p99Ms } = requests;
  if (perSecond <= 0) return { level: "idle", thickness: 1.25, flow: 0 };
  const thickness = Math.min(6, 1.5 + Math.log10(1 + perSecond) * 1.1);
  const flow = FLOWS[Math.min(4, Math.max(0, Math.floor(Math.log10(perSecond) + 1)))] ?? 1;
  if (errorShare >= ERRORS_WARN) {
    const level = errorShare >= ERRORS_BAD ? "bad" : "warn";
    return { level, why: `${shareText(errorShare)} of requests fail`, thickness, flow };
  }
  if (slowMs !== undefined && p99Ms !== undefined && p99Ms > slowMs) {
    return {
      level: "warn",
      why: `p99 is ${msText(p99Ms)}, over the ${msText(slowMs)} required`,
      thickness,
      flow,
    };
  }
  return { level: "good", thickness, flow };
}

const FLOWS = [1, 2, 3, 4, 5] as const;

/** Something about a part that a person should see at once. */
export interface Problem {
  readonly level: "warn" | "bad" | "busy" | "fault";
  readonly text: string;
  /** Parts that the text speaks of: it waits for them. */
  readonly parts: readonly string[];
}

/** What is wrong with a part, the worst first: its replicas' states, its own figures, faults that are in force. */
export function partProblems(
  part: Pick<PartSnapshot, "name" | "replicas">,
  figures: PartFigures | undefined,
  faults: readonly Mark[],
): Problem[] {
  const problems: Problem[] = [];
  const states = new Map<string, { level: "bad" | "busy"; count: number }>();
  for (const { state } of figures?.replicas ?? part.replicas) {
    if (state.is === "ready" || state.is === "done" || state.is === "stopped") continue;
    const level = state.is === "failed" || state.is === "gave-up" ? "bad" : "busy";
    const words = stateWords(state);
    states.set(words, { level, count: (states.get(words)?.count ?? 0) + 1 });
  }
  const all = figures?.replicas.length ?? part.replicas.length;
  for (const [words, { level, count }] of states) {
    const text = all > 1 ? `${count} of ${all} ${words}` : words;
    problems.push({ level, text, parts: waitedFor(part) });
  }
  for (const own of figures?.own ?? []) {
    if (own.level)
      problems.push({ level: own.level, text: own.why ?? `${own.label} ${ownText(own)}`, parts: [] });
  }
  for (const mark of faults) {
    if (mark.part === part.name && mark.to === undefined)
      problems.push({ level: "fault", text: mark.text, parts: [] });
  }
  const rank = ["bad", "fault", "warn", "busy"];
  return problems.sort((one, other) => rank.indexOf(one.level) - rank.indexOf(other.level));
}

/** Which parts the replicas of a part wait for, by the names that their states tell. */
export function waitedFor(part: Pick<PartSnapshot, "replicas">): string[] {
  const names = part.replicas.flatMap(({ state }) =>
    state.is === "waiting" ? state.for.split(/,\s*|\s+and\s+/) : [],
  );
  return [...new Set(names)].filter((name) => /^[a-z][a-z0-9-]*$/.test(name));
}

/** Faults that are in force now. */
export function openFaults(marks: readonly Mark[], nowMs: number): Mark[] {
  return marks.filter(
    (mark) => mark.kind === "fault" && (mark.toMs === undefined ? mark.open === true : mark.toMs > nowMs),
  );
}

/** Which of a part's looks wins: its problems may be worse than its replicas say. */
export function signLook(part: PartSnapshot, problems: readonly Problem[]): StateLook {
  const look = partLook(part);
  if (look === "bad" || problems.some((one) => one.level === "bad")) return "bad";
  if (problems.some((one) => one.level === "warn" || one.level === "fault")) return "warn";
  return look;
}

/** An engine's own figure as it stands on the map: `97.3 %`. */
export function ownText(own: OwnFigure): string {
  switch (own.unit) {
    case "share":
      return shareText(own.value);
    case "bytes":
      return bytesText(own.value);
    case "ms":
      return msText(own.value);
    case "per-second":
      return rateText(own.value);
    case "count":
      return countText(own.value);
  }
}

/** Two short lines for a link: its rate, and its p99 or how much fails. */
export function linkLines(requests: RequestFigures | undefined): readonly [string, string] {
  if (!requests) return ["no figures", ""];
  if (requests.perSecond <= 0) return ["idle", ""];
  return [rateText(requests.perSecond), formatted(requests.p99Ms, "ms")];
}

/** What a link's label has no room for, in words: `half within 3 ms, 8 connections`. */
export function linkDetails(link: LinkFigures | undefined): string {
  const words: string[] = [];
  if (link?.requests?.p50Ms !== undefined) words.push(`half within ${msText(link.requests.p50Ms)}`);
  if (link?.connections !== undefined) words.push(`${countText(link.connections)} connections`);
  return words.join(", ");
}

/** The requirements together: `2 of 3 met`, and how that looks. */
export function requirementsSign(requirements: readonly RequirementStatus[]): {
  readonly level: "good" | "bad" | "off";
  readonly text: string;
} {
  const count = (state: RequirementStatus["state"]) =>
    requirements.filter((one) => one.state === state).length;
  if (requirements.length === 0) return { level: "off", text: "no requirements" };
  const broken = count("not-met");
  if (broken > 0) return { level: "bad", text: `${broken} of ${requirements.length} not met` };
  const met = count("met");
  if (met === 0) return { level: "off", text: "not measured yet" };
  return {
    level: "good",
    text: met === requirements.length ? `all ${met} met` : `${met} of ${requirements.length} met`,
  };
}

/** The bound that the design puts on the 99th percentile, in milliseconds. */
export function slowBoundMs(requirements: readonly RequirementStatus[]): number | undefined {
  return requirements.find((one) => one.id === "latency.p99")?.required;
}
