import type { SystemModel } from "../../design/model.ts";

/** Something that a design says otherwise than before. */
export interface SettingChange {
  /** `links.plan.copies`, `requires.latency.p99Ms`; a part alone where it is new or gone. */
  readonly place: string;
  /** In base units, as the model has it; absent: nothing. */
  readonly before?: Setting;
  readonly after?: Setting;
}

export type Setting = string | number | boolean;

/** So many are told; a design that is written anew has more to read than a list of settings. */
const SETTINGS_MAX = 100;

/**
 * What two checked designs say otherwise, in the order of the second, at most 100 places. A part that is only in one of them is one change, and
 * paths of files and programs count as settings. Pure.
 */
export function settingChanges(before: SystemModel, after: SystemModel): readonly SettingChange[] {
  const [old, now] = [settingsOf(before), settingsOf(after)];
  const [oldParts, nowParts] = [partsOf(before), partsOf(after)];
  const changes: SettingChange[] = [];
  for (const [name, kind] of nowParts)
    if (oldParts.get(name) !== kind) changes.push({ place: name, after: kind });
  for (const [name, kind] of oldParts)
    if (nowParts.get(name) !== kind) changes.push({ place: name, before: kind });
  const isOfBoth = (part: string | undefined) =>
    part === undefined || (oldParts.has(part) && oldParts.get(part) === nowParts.get(part));
  for (const [place, { part, value }] of now) {
    const earlier = old.get(place)?.value;
    if (!isOfBoth(part) || earlier === value) continue;
    changes.push({ place, ...(earlier === undefined ? {} : { before: earlier }), after: value });
  }
  for (const [place, { part, value }] of old)
    if (isOfBoth(part) && !now.has(place)) changes.push({ place, before: value });
  return changes.slice(0, SETTINGS_MAX);
}

interface Placed {
  readonly part?: string;
  readonly value: Setting;
}

function partsOf({ parts }: SystemModel): ReadonlyMap<string, string> {
  return new Map(parts.map(({ name, kind }) => [name, kind]));
}

/** Every setting by its place. */
function settingsOf({ parts, name, ...rest }: SystemModel): ReadonlyMap<string, Placed> {
  const found = new Map<string, Placed>([["name", { value: name }]]);
  const { requests, ...others } = rest;
  walk(others, "", undefined, found);
  for (const { name: request, ...facts } of requests ?? [])
    walk(facts, `requests.${request}`, undefined, found);
  for (const part of parts) {
    const { name: partName, kind: _kind, ...facts } = part;
    walk(facts, partName, partName, found);
  }
  return found;
}

function walk(value: unknown, place: string, part: string | undefined, found: Map<string, Placed>): void {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    found.set(place, { ...(part === undefined ? {} : { part }), value });
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const [key, one] of Object.entries(value)) {
    const within = Array.isArray(value) ? `${place}[${key}]` : place === "" ? key : `${place}.${key}`;
    walk(one, within, part, found);
  }
}
