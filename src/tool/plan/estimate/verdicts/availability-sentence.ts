import { msText, shareText } from "../../report/figure-text.ts";
import type { PartAvailability } from "../availability/index.ts";
import type { Outlook } from "../outlook.ts";
import { listed, sentence } from "./phrases.ts";

const YEAR_MS = 31_536_000_000;
/** What loses less than this is not named. */
const NAMED_SHARE = 0.2;

/** Says of the availability what is lost in a year, what is allowed, and where most of it is lost. Pure. */
export function availabilitySentence(outlook: Outlook, required: number): string {
  const { availability, parts } = outlook.availability;
  const holds = availability >= required - 1e-12;
  const down = msText((1 - availability) * YEAR_MS);
  const said = sentence(
    availability >= 1
      ? "nothing is lost as far as the plan knows"
      : `${holds ? "" : "only "}${shareText(availability)} of the requests are served: what is lost comes to ${down} a year, and ${msText((1 - required) * YEAR_MS)} are allowed`,
  );
  const worst = parts
    .filter(({ lossShare }) => lossShare >= NAMED_SHARE)
    .toSorted((one, other) => other.lossShare - one.lossShare)
    .slice(0, 3);
  const [first] = worst;
  if (first === undefined) return said;
  if (worst.length > 1) {
    const each = worst.map(({ name, lossShare }) => `${shareText(twoDigits(lossShare))} at ${name}`);
    const standing = holds ? "" : standingAlone(worst, outlook);
    return `${said} ${sentence(`of that, ${listed(each)}`)}${standing}`;
  }
  const share = first.lossShare > 0.995 ? "all" : shareText(twoDigits(first.lossShare));
  return `${said} ${sentence(`${share} of that is lost at ${first.name}${holds ? "" : `, ${whyOf(first, outlook)}`}`)}`;
}

/** What of those that lose most has nothing beside it, and what is not for the design to change. */
function standingAlone(worst: readonly PartAvailability[], { resolved }: Outlook): string {
  const outside = new Set(resolved.parts.filter(({ external }) => external).map(({ name }) => name));
  const alone = worst
    .filter(({ name, replicas }) => replicas === 1 && !outside.has(name))
    .map(({ name }) => name);
  const others = worst.filter(({ name }) => outside.has(name)).map(({ name }) => name);
  const one =
    alone.length === 1 ? `of ${alone[0]} there is only one` : `there is only one of each: ${listed(alone)}`;
  return [
    ...(alone.length === 0 ? [] : [` ${sentence(one)}`]),
    ...(others.length === 0
      ? []
      : [` ${sentence(`what ${listed(others)} can give is not for the design to change`)}`]),
  ].join("");
}

function whyOf({ name, replicas, needed, availability }: PartAvailability, { resolved }: Outlook): string {
  const part = resolved.parts.find((one) => one.name === name);
  const up = `is up ${shareText(availability)} of the time`;
  if (part?.external) return `which stands outside and ${up}`;
  if (replicas === 1) return `which stands alone and ${up}`;
  if (needed >= replicas) return `which needs all of its ${replicas} at the peak: it ${up}`;
  if (part?.zones === 1) return `which has all of its ${replicas} in one place: it ${up}`;
  return `which ${up}`;
}

function twoDigits(share: number): number {
  return Number(share.toPrecision(2));
}
