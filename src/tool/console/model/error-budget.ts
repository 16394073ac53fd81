import type { ErrorBudget, RequirementStatus, RequirementWindow } from "../../control-api/index.ts";
import { countText, durationText, msText, rateText, shareText } from "./format.ts";

/** How a requirement's figure is written in its unit. Pure. */
export function requirementText(value: number | undefined, unit: RequirementStatus["unit"]): string {
  if (value === undefined) return "–";
  if (unit === "ms") return msText(value);
  return unit === "share" ? shareText(value) : rateText(value);
}

/** `at most 200 ms`. */
export function boundText(requirement: Pick<RequirementStatus, "bound" | "required" | "unit">): string {
  const word = requirement.bound === "at-most" ? "at most" : "at least";
  return `${word} ${requirementText(requirement.required, requirement.unit)}`;
}

/** What the budget says, in words that need no other page. */
export interface BudgetWords {
  readonly level: "good" | "warn" | "bad";
  /** `62 % of the budget is left`. */
  readonly left: string;
  /** How it came to that: `38 of the 100 bad requests that 10k allow`. */
  readonly spent: string;
  /** How fast it is spent now, and what that leads to. */
  readonly burn: string;
}

/**
 * From which burn rates people are called: 14.4 spends a thirty days' budget in about two days, 1 in just the thirty. Google's SRE workbook,
 * chapter 5, "Alerting on SLOs".
 */
const BURN_BAD = 14.4;
const BURN_WARN = 1;

/** Puts an error budget into words. */
export function budgetWords(budget: ErrorBudget): BudgetWords {
  const allowed = budget.allowedShare * budget.requests;
  const level =
    budget.remaining <= 0 || budget.burn5m >= BURN_BAD
      ? "bad"
      : budget.burn1h > BURN_WARN || budget.burn5m > BURN_WARN || budget.remaining < 0.25
        ? "warn"
        : "good";
  const left =
    budget.remaining > 0
      ? `${shareText(budget.remaining)} of the budget is left`
      : budget.remaining === 0
        ? "The budget is used up"
        : `${times(1 - budget.remaining)} the budget is spent`;
  const spent =
    budget.requests === 0
      ? `Nothing was asked yet. ${shareText(budget.allowedShare)} of the requests may be bad`
      : `${countText(budget.bad)} of ${countText(budget.requests)} requests were bad; ${shareText(budget.allowedShare)} may be, which is ${wholeOrSo(allowed)}`;
  return { level, left, spent, burn: burnWords(budget) };
}

function burnWords({ burn5m, burn1h }: ErrorBudget): string {
  if (burn5m <= 0 && burn1h <= 0) return "Nothing of it was spent in the last hour";
  const now = `In the last 5 minutes it was spent ${pace(burn5m)}, in the last hour ${pace(burn1h)}`;
  if (burn5m > BURN_WARN)
    return `${now}. At this pace a month's budget lasts ${durationText((30 * 86_400_000) / burn5m)}`;
  return now;
}

function pace(burn: number): string {
  if (burn <= 0) return "not at all";
  if (Math.abs(burn - 1) < 0.005) return "just as fast as allowed";
  if (burn < 1) return `${shareText(burn)} as fast as allowed`;
  return `${times(burn)} as fast as allowed`;
}

function times(factor: number): string {
  return `${countText(factor)}×`;
}

function wholeOrSo(count: number): string {
  return count < 1 ? "less than one" : countText(Math.floor(count));
}

/** Windows of one state in a row, as a strip draws them and a person hears them. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly state: RequirementWindow["state"];
  /** The worst figure in it. */
  readonly worst?: number;
}

/** Joins windows of the same state; what lies between windows is unknown. */
export function stretches(requirement: Pick<RequirementStatus, "windows" | "windowMs" | "bound">): Stretch[] {
  const result: Stretch[] = [];
  const add = (fromMs: number, toMs: number, state: Stretch["state"], measured?: number) => {
    const last = result.at(-1);
    if (last?.state !== state) result.push({ fromMs, toMs, state, ...worse(undefined, measured, bound) });
    else result[result.length - 1] = { ...last, toMs, ...worse(last.worst, measured, bound) };
  };
  const { windowMs, bound } = requirement;
  for (const { fromMs, state, measured } of requirement.windows) {
    const endMs = result.at(-1)?.toMs ?? fromMs;
    if (endMs < fromMs) add(endMs, fromMs, "unknown");
    add(fromMs, fromMs + windowMs, state, measured);
  }
  return result;
}

function worse(one: number | undefined, other: number | undefined, bound: RequirementStatus["bound"]) {
  const known = [one, other].filter((value) => value !== undefined);
  if (known.length === 0) return {};
  return { worst: bound === "at-most" ? Math.max(...known) : Math.min(...known) };
}

/** The strip in words: `met for 10 min, not met for 2 min`. */
export function stripWords(requirement: Pick<RequirementStatus, "windows" | "windowMs" | "bound">): string {
  const sums = new Map<string, number>();
  for (const { state, fromMs, toMs } of stretches(requirement)) {
    sums.set(state, (sums.get(state) ?? 0) + toMs - fromMs);
  }
  const words = [
    ["met", "met"],
    ["not-met", "not met"],
    ["unknown", "not known"],
  ].flatMap(([state, word]) => {
    const ms = sums.get(state ?? "");
    return ms === undefined ? [] : [`${word} for ${durationText(ms)}`];
  });
  return words.length === 0 ? "no windows yet" : words.join(", ");
}
