import type { DatabaseModel, PartModel } from "../../../design/model.ts";
import type { Found, Rule } from "../rule.ts";
import { figure, listed, share } from "../wording.ts";

/** What is lost, and what is true, when something fails that keeps data. Pure. */

/** Backblaze, “Drive Stats for 2024”: of all its disks 1.57% failed in that year. */
const DISK_FAILURE_SHARE = 0.0157;

/** Nothing to go back to. */
export const NO_BACKUP: Rule = {
  id: "data/backups",
  checks: "whether databases are backed up",
  find: ({ model: { parts, requires } }) =>
    databasesOf(parts).flatMap((part): Found[] => {
      if (part.plan?.backupEveryMs !== undefined) return [];
      const asked = [
        ...(requires.retentionMs === undefined ? [] : ["retention"]),
        ...(requires.durability === undefined ? [] : ["durability"]),
      ];
      return [
        {
          severity: asked.length > 0 ? "risk" : "question",
          place: `${part.name}.plan.backupEvery`,
          parts: [part.name],
          title: `Nothing says that ${part.name} is backed up`,
          reason: `${asked.length > 0 ? `The design requires ${listed(asked)}. ` : ""}Copies do not help against a mistaken DELETE, a faulty release or an intruder: they follow at once. Without a backup all of ${part.name} can be lost; with one, what was written since the last.`,
          mend: `Back it up, restore it now and then to see that it works, and in ${part.name}, write plan: { backupEvery: "1 day" }.`,
        },
      ];
    }),
};

/** More nines than one disk has. */
export const DURABILITY_WITH_ONE_COPY: Rule = {
  id: "data/durability",
  checks: "whether the durability that is required is possible with one copy",
  find: ({ model: { parts, requires } }) => {
    const { durability } = requires;
    if (durability === undefined || durability <= 1 - DISK_FAILURE_SHARE) return [];
    return databasesOf(parts).flatMap((part): Found[] => {
      if (part.url !== undefined || (part.plan?.copies ?? 1) > 1) return [];
      return [
        {
          severity: "risk",
          place: `${part.name}.plan.copies`,
          parts: [part.name],
          title: `${share(durability)} of the writes cannot outlive a year on one copy of ${part.name}`,
          reason: `Of 10,000 disks ${figure(DISK_FAILURE_SHARE * 10_000)} fail in a year (Backblaze, 2024): one copy keeps everything with a probability of about ${share(1 - DISK_FAILURE_SHARE)}.`,
          mend: `In ${part.name}, write plan: { copies: 3 } once what is acknowledged is on several disks.`,
        },
      ];
    });
  },
};

/** CP or AP: what copies do that cannot reach each other. */
export const CONSISTENCY_UNSTATED: Rule = {
  id: "data/consistency",
  checks: "whether stores with several copies say if they prefer consistency or availability",
  find: ({ model }) =>
    model.parts.flatMap((part): Found[] => {
      if (part.kind !== "database" && part.kind !== "cache") return [];
      const copies = part.plan?.copies ?? 1;
      if (copies < 2 || part.plan?.prefers !== undefined) return [];
      return [
        {
          severity: "question",
          place: `${part.name}.plan.prefers`,
          parts: [part.name],
          title: `What does ${part.name} do when its ${copies} copies cannot reach each other?`,
          reason:
            "Then it can refuse what it cannot be sure of (CP), or answer with what may be old and put differing writes together later (AP). No store does both (Gilbert and Lynch, 2002).",
          mend: `In ${part.name}, write plan: { prefers: "consistency" }, or "availability".`,
        },
      ];
    }),
};

/** A preference that one copy cannot have. */
export const PREFERS_WITH_ONE_COPY: Rule = {
  id: "data/availability-with-one-copy",
  checks: "whether a store that prefers availability has a copy to answer from",
  find: ({ model }) =>
    model.parts.flatMap((part): Found[] => {
      if (part.kind !== "database" && part.kind !== "cache") return [];
      if (part.plan?.prefers !== "availability" || (part.plan.copies ?? 1) > 1) return [];
      return [
        {
          severity: "advice",
          place: `${part.name}.plan.prefers`,
          parts: [part.name],
          title: `${part.name} prefers availability and has nothing to be available from`,
          reason:
            "It has one copy: when that cannot be reached, there is no other that could answer, old or not.",
          mend: `In ${part.name}, write plan: { copies: 2, prefers: "availability" }, or take prefers out.`,
        },
      ];
    }),
};

/** A majority of an even number. */
export const EVEN_COPIES: Rule = {
  id: "data/even-copies",
  checks: "whether a store that prefers consistency has an odd number of copies",
  find: ({ model }) =>
    model.parts.flatMap((part): Found[] => {
      if (part.kind !== "database" && part.kind !== "cache") return [];
      const { copies = 1, prefers } = part.plan ?? {};
      if (prefers !== "consistency" || copies % 2 === 1) return [];
      const majority = copies / 2 + 1;
      return [
        {
          severity: "question",
          place: `${part.name}.plan.copies`,
          parts: [part.name],
          title: `Who decides between the ${copies} copies of ${part.name}?`,
          reason: `Consistent copies agree by a majority, and of ${copies} that is ${majority}: ${copies - majority === 0 ? "both have to be up" : `${copies - majority} may fail`}, no more than of ${copies - 1}, and each half of a network that is cut in two has no majority.`,
          mend: `In ${part.name}, write plan: { copies: ${copies + 1} }; a witness without data counts.`,
        },
      ];
    }),
};

/** Services that share tables have to change together. */
export const SHARED_DATABASE: Rule = {
  id: "data/shared-database",
  checks: "whether several services use one database",
  find: ({ model: { parts } }) =>
    databasesOf(parts).flatMap(({ name }): Found[] => {
      const users = parts
        .filter((part) => part.kind === "service" && Object.values(part.uses).includes(name))
        .map((part) => part.name);
      if (users.length < 2) return [];
      return [
        {
          severity: "question",
          place: name,
          parts: [name, ...users],
          title: `${listed(users)} share the database ${name}: who may change a table?`,
          reason: `A change of the schema has to suit ${users.length} services at once, and a slow query of one slows all: they are released, scaled and down together.`,
          mend: `Let one of them own ${name} and the others ask it, or give each a database of its own; if they are one service in several processes, leave it.`,
        },
      ];
    }),
};

function databasesOf(parts: readonly PartModel[]): readonly DatabaseModel[] {
  return parts.filter((part) => part.kind === "database");
}
