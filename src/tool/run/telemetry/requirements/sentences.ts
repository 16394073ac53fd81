import type { RequirementStatus } from "../../../control-api/index.ts";

/** What a sentence is made of. */
export interface Finding {
  readonly id: string;
  readonly required: number;
  readonly measured: number | undefined;
  readonly requests: number;
  readonly state: RequirementStatus["state"];
}

/** What was found, in words, with the figures. Pure. */
export function sentenceOf({ id, required, measured, requests, state }: Finding): string {
  const over = `over ${whole(requests)} request${requests === 1 ? "" : "s"}`;
  if (id === "availability") {
    if (measured === undefined)
      return `nothing was measured yet: ${share(required)} of requests must not fail`;
    return `${share(measured)} did not fail, of at least ${share(required)}, ${over}`;
  }
  if (id === "traffic") {
    const wanted = `${rate(required)} required at the peak`;
    if (measured === undefined) return `nothing was asked yet: ${wanted}, and nothing is proven`;
    const most = `the most so far was ${rate(measured)} answered, of ${wanted}`;
    if (state === "met") return most;
    if (state === "not-met") return `${most}: more was asked, and failed`;
    return `${most}: less was asked than that, and nothing is proven`;
  }
  const name = id.slice(id.indexOf(".") + 1);
  if (measured === undefined)
    return `nothing was measured yet: ${name} has to be at most ${duration(required)}`;
  return `${name} is ${duration(measured)} of at most ${duration(required)} ${over}`;
}

/** Three digits, in the unit that reads best. */
export function duration(ms: number): string {
  if (ms >= 1_000) return `${digits(ms / 1_000)} s`;
  return ms >= 1 || ms === 0 ? `${digits(ms)} ms` : `${digits(ms * 1_000)} µs`;
}

/** With as many places as it takes to tell it from 100 %: at most six. Cut and not rounded, since 99.999 % is not all. */
export function share(value: number): string {
  const percent = value * 100;
  for (let places = 0; places <= 6; places++) {
    const scale = 10 ** places;
    // What is a hair below through the reckoning with doubles is what it was meant to be.
    const cut = Math.floor(percent * scale + 1e-6) / scale;
    const isTold = percent >= 100 ? cut === 100 : 100 - cut < (100 - percent) * 1.05 && cut < 100;
    if (isTold || places === 6) return `${cut} %`;
  }
  return `${percent} %`;
}

function rate(perSecond: number): string {
  return `${perSecond >= 100 ? whole(perSecond) : digits(perSecond)} requests per second`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}
