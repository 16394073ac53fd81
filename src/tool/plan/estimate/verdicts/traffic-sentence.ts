import { countText, msText, shareText } from "../../report/figure-text.ts";
import type { Outlook } from "../outlook.ts";
import { listed, requestsPerSecond, sentence } from "./phrases.ts";

/** A year of growth is told in years up to here. */
const YEARS_MAX = 100;
const YEAR_MS = 31_536_000_000;

/** What a sentence on traffic is made of, in requests per second. */
export interface TrafficFinding {
  readonly required: number;
  readonly carried: number;
  readonly holds: boolean;
}

/** Says of the peak traffic whether the design carries it, what is full first, and how long growth leaves it so. Pure. */
export function trafficSentence(outlook: Outlook, { required, carried, holds }: TrafficFinding): string {
  const { curve, resolved, model } = outlook;
  const first = curve.bottleneck;
  const wanted = `the peak is ${requestsPerSecond(required)}`;
  if (first === undefined) return sentence(`${wanted}, and nothing in the design has a limit`);
  const what = resolved.here === undefined ? first.part : "this machine";
  if (!holds) {
    const others = curve.peak.parts
      .filter(({ name, saturatedAtPerSecond: at }) => name !== first.part && at <= required)
      .toSorted((one, other) => one.saturatedAtPerSecond - other.saturatedAtPerSecond)
      .map(({ name, saturatedAtPerSecond: at }) => `${name} at ${countText(at)}`);
    const more =
      others.length > 0 && resolved.here === undefined
        ? ` ${sentence(`too little as well: ${listed(others.slice(0, 3))}`)}`
        : "";
    return `${sentence(`${wanted}, and the design can carry ${countText(carried)}: ${what} is full then`)}${more}`;
  }
  const room = required > 0 ? carried / required - 1 : Number.POSITIVE_INFINITY;
  const times =
    room >= 1 ? `${countText(Math.round((room + 1) * 10) / 10)} times as much` : `${shareText(room)} more`;
  const said = sentence(
    `${wanted}, and the design can carry ${countText(carried)}, ${times}, before ${what} is full`,
  );
  const lasts = yearsLeft(model.requires.growthPerYear, room);
  return lasts === undefined
    ? said
    : `${said} ${sentence(`growing by ${shareText(model.requires.growthPerYear ?? 0)} a year, it is enough for ${msText(lasts * YEAR_MS)}`)}`;
}

/** In how many years growth has used up the room; absent where nothing grows, or not in the next hundred years. */
function yearsLeft(growth: number | undefined, room: number): number | undefined {
  if (growth === undefined || growth <= 0 || !Number.isFinite(room)) return undefined;
  const years = Math.log1p(room) / Math.log1p(growth);
  return years <= YEARS_MAX ? years : undefined;
}
