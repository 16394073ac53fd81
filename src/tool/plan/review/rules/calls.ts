import { callMsOf } from "../load.ts";
import { type Hop, meanMsOf, meanMsOfCall, trailOf } from "../reviewed-design.ts";
import type { Found, Rule } from "../rule.ts";
import { figure, listed, share, wait } from "../wording.ts";

/** What requests wait for on their way. Pure. */

/** From this share of a request's time on, a call is worth a question. */
const SHARE_MIN = 0.3;
/** What takes less is not worth the trouble of doing it later. */
const SIDE_CALL_MS = 5;

/** A write that waits for what it could leave to be done. */
export const SLOW_SIDE_CALL: Rule = {
  id: "calls/slow-side-call",
  checks: "whether a request that writes waits long for another service",
  find: ({ hops }) =>
    hops.flatMap((hop): Found[] => {
      const { requests, from, to, call } = hop;
      const ms = meanMsOfCall(call);
      const whole = meanMsOf(requests.way);
      if (requests.kind !== "write" || from.kind !== "service" || to.kind !== "service") return [];
      if (ms < SIDE_CALL_MS || ms < SHARE_MIN * whole || call.group !== undefined) return [];
      return [
        {
          severity: "question",
          place: hop.place,
          parts: trailOf(hop),
          title: `Does ${requests.name} have to wait for ${to.name}?`,
          reason: `Of the ${wait(whole)} that it takes, ${wait(ms)} (${share(ms / whole)}) are a call of ${to.name}, which also takes ${from.name} with it when it is slow or down. What the answer does not need can be done afterwards: keep the intent with the write, and let another process work it off.`,
          mend: `In ${from.name}, keep what ${to.name} is to be told in a channel on disk (trestle/flow) or a table, and take the call out of ${hop.place}; if the answer does need it, leave it.`,
        },
      ];
    }),
};

/** Reads that wait for one thing after the other. */
export const ONE_AFTER_ANOTHER: Rule = {
  id: "calls/one-after-another",
  checks: "whether calls that need nothing of each other are made one after the other",
  find: ({ hops }) => {
    const stays = Map.groupBy(hops.filter(isIndependent), (hop) => hop.outside ?? hop.requests);
    return [...stays.values()].flatMap((side): Found[] => {
      const [first] = side;
      if (first === undefined || new Set(side.map(({ to }) => to.name)).size < 2) return [];
      const times = side.map(({ call }) => meanMsOfCall(call));
      const saved = times.reduce((sum, ms) => sum + ms, 0) - Math.max(...times);
      const whole = meanMsOf(first.requests.way);
      if (saved <= 0 || saved < SHARE_MIN * whole) return [];
      const names = side.map(({ to }) => to.name);
      return [
        {
          severity: "advice",
          place: first.place,
          parts: [first.from.name, ...names],
          title: `${first.from.name} asks ${listed(names)} one after the other`,
          reason: `${first.requests.name} takes ${wait(whole)} on average. Asked at the same time, the calls would take as long as the slowest of them: ${wait(saved)} less, ${share(saved / whole)} of the whole.`,
          mend: `If none needs what another answers: ask them at once, and write group: "all" in ${listed(side.map(({ place }) => place))}.`,
        },
      ];
    });
  },
};

/** So many calls of one part by one request are a loop. */
const CALLS_MAX = 10;

/** A request that asks the same part again and again. */
export const MANY_PER_REQUEST: Rule = {
  id: "calls/many-per-request",
  checks: "whether one request calls a part many times",
  find: ({ hops }) =>
    hops.flatMap((hop): Found[] => {
      const { call, from, to, requests } = hop;
      const count = call.times * call.share;
      if (count < CALLS_MAX) return [];
      return [
        {
          severity: "advice",
          place: `${hop.place}.times`,
          parts: [from.name, to.name],
          title: `${from.name} calls ${to.name} ${figure(count)} times for one request`,
          reason: `One after the other they take ${wait(count * callMsOf(hop))} of each ${requests.name}, ${wait(call.networkMs * count)} of it on the way there and back; ${to.name} gets ${figure(hop.perSecond)} calls a second.`,
          mend: `Ask for all at once, and write times: 1 in ${hop.place}.`,
        },
      ];
    }),
};

function isIndependent({ requests, from, to, call }: Hop): boolean {
  const reads = requests.kind === "read" && from.kind === "service" && to.kind !== "cache";
  return reads && call.group === undefined && call.onMissOf === undefined && call.share >= 0.5;
}
