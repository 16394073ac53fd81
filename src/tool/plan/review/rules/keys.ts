import { topShare } from "../../theory/cache/zipf.ts";
import { capacityPerSecond } from "../load.ts";
import type { Hop } from "../reviewed-design.ts";
import type { Found, Rule } from "../rule.ts";
import { figure, share, wait } from "../wording.ts";

/** Things that are asked for more than one replica can answer. Pure. */

/** From this share of what one replica can do on, one key is a risk. */
const HOT = 0.5;

/** One key, one replica: more replicas do not help. */
export const HOT_KEY: Rule = {
  id: "keys/hot",
  checks: "whether the most popular key is more than one replica of its part can bear",
  find: (design) =>
    design.hops.flatMap((hop): Found[] => {
      const { keys, name } = hop.requests;
      const part = design.resolvedParts.get(hop.to.name);
      if (keys === undefined || part === undefined || !isKeyed(hop)) return [];
      const top = topShare(keys, 1);
      const perSecond = top * hop.perSecond;
      const capacity = capacityPerSecond(part, hop.call.to.time.meanMs);
      if (perSecond <= HOT * capacity) return [];
      return [
        {
          severity: "risk",
          place: `requests.${name}.keys`,
          parts: [hop.to.name],
          title: `One key takes ${share(perSecond / capacity)} of a whole replica of ${hop.to.name}`,
          reason: `${share(top)} of ${figure(hop.perSecond)} requests a second ask for the most popular of ${figure(keys.count)} things (Zipf's law, exponent ${keys.skew}): ${figure(perSecond)} a second at the one replica that has it, which can answer ${figure(capacity)}. Neither replicas nor shards divide one key.`,
          mend:
            hop.to.kind === "cache"
              ? `Keep the most popular things for a second in the memory of ${hop.from.name} as well, before ${hop.to.name}.`
              : `In ${hop.to.name}.upstream, write balance: { algorithm: "consistent-hash", key: …, loadFactor: 1.25 }, so that what is too much for one goes to the next; or balance: "power-of-two".`,
        },
      ];
    }),
};

/** One row, one writer at a time. */
export const HOT_ROW: Rule = {
  id: "keys/hot-row",
  checks: "whether writes of the most popular key wait for each other in a database",
  find: (design) =>
    design.hops.flatMap((hop): Found[] => {
      const { keys, name, kind } = hop.requests;
      if (keys === undefined || kind !== "write" || hop.to.kind !== "database") return [];
      const top = topShare(keys, 1);
      const { meanMs } = hop.call.to.time;
      const busy = (top * hop.perSecond * meanMs) / 1_000;
      if (busy <= HOT) return [];
      return [
        {
          severity: "risk",
          place: `requests.${name}.keys`,
          parts: [hop.to.name],
          title: `Writes of one key keep a row of ${hop.to.name} busy for ${share(busy)} of the time`,
          reason: `A row is written by one transaction at a time. ${share(top)} of ${figure(hop.perSecond)} writes a second go to the most popular of ${figure(keys.count)} (Zipf's law, exponent ${keys.skew}), for ${wait(meanMs)} each: ${busy >= 1 ? "more than there is time for, and the line for it only grows" : "the next waits, and with it a connection"}.`,
          mend: `In ${hop.from.name}, add up changes of one thing and write them together, or divide such a row into several that are added up when read; then say what is left in ${hop.place} as share.`,
        },
      ];
    }),
};

/** Whether all requests of one key come to the same replica. */
function isKeyed({ to, route }: Hop): boolean {
  if (to.kind === "cache") return true;
  if (to.kind !== "service") return false;
  const balance = to.upstream?.balance;
  const hashes = balance?.algorithm === "consistent-hash" && balance.loadFactor === 0;
  return hashes && balance.key.from !== "ip" && route !== undefined;
}
