import type { Rule } from "../rule.ts";
import { listed } from "../wording.ts";

/** What a design has to say before anything can be judged. Pure. */

/** What the system does: the requests that it gets. */
export const REQUESTS_UNSTATED: Rule = {
  id: "requirements/requests",
  checks: "whether the design says which requests the system gets",
  find: ({ model }) =>
    model.requests !== undefined
      ? []
      : [
          {
            severity: "question",
            place: "requests",
            parts: [],
            title: "The design does not say what is asked of it",
            reason:
              "Without classes of requests all reads are alike and all writes are alike, and nobody knows how many things are asked for: what caches keep, which keys are hot and which way each request goes are assumptions.",
            mend: `In system, write requests: { read: { to: ${entryOf(model.parts)}, request: "GET /:id", share: "90%", keys: { count: "1M" } }, … }.`,
          },
        ],
};

/** How much is asked of it. */
export const SCALE_UNSTATED: Rule = {
  id: "requirements/scale",
  checks: "whether the design says how much traffic comes",
  find: ({ model }) =>
    model.requires.traffic !== undefined
      ? []
      : [
          {
            severity: "question",
            place: "requires.traffic",
            parts: [],
            title: "The design does not say how much traffic comes",
            reason:
              "How busy each part is, how many replicas it takes and what breaks first all follow from the rate and its peak.",
            mend: 'In requires, write traffic: { rate: "100/s", peak: 3, reads: "90%" }, or dailyUsers and requestsPerUserPerDay.',
          },
        ],
};

/** How many of the requests read. */
export const READS_UNSTATED: Rule = {
  id: "requirements/reads",
  checks: "whether the share of reads is stated, where no classes of requests say it",
  find: ({ model: { requires, requests } }) =>
    requires.traffic === undefined || requires.traffic.reads !== undefined || requests !== undefined
      ? []
      : [
          {
            severity: "question",
            place: "requires.traffic.reads",
            parts: [],
            title: "The design does not say how many of the requests read",
            reason:
              "Reads can be cached and spread over copies, writes cannot. Where nothing is said, 90% are taken to read.",
            mend: 'In requires.traffic, write reads: "90%".',
          },
        ],
};

/** How well it has to do that. */
export const QUALITIES_UNSTATED: Rule = {
  id: "requirements/qualities",
  checks: "whether latency, availability, durability and growth are stated",
  find: ({ model }) => {
    const { requires, parts } = model;
    const keepsData = parts.some(({ kind }) => kind === "database");
    const missing = [
      ...(requires.latency ? [] : [{ name: "latency", text: 'latency: { p99: "200 ms" }' }]),
      ...(requires.availability === undefined
        ? [{ name: "availability", text: 'availability: "99.9%"' }]
        : []),
      ...(requires.durability === undefined && keepsData
        ? [{ name: "durability", text: 'durability: "99.999%"' }]
        : []),
      ...(requires.growthPerYear === undefined && requires.traffic
        ? [{ name: "growthPerYear", text: 'growthPerYear: "50%"' }]
        : []),
    ];
    if (missing.length === 0) return [];
    return [
      {
        severity: "question",
        place: "requires",
        parts: [],
        title: `The design requires nothing of ${listed(missing.map(({ name }) => name))}`,
        reason: "What is not required is neither planned for nor told when it fails.",
        mend: `In requires, write ${missing.map(({ text }) => text).join(", ")}.`,
      },
    ];
  },
};

/** How much has to be stored, where it has to be kept. */
export const RETENTION_WITHOUT_SIZE: Rule = {
  id: "requirements/storage",
  checks: "whether records that have to be kept are sized",
  find: ({ model: { requires, parts } }) => {
    const { retentionMs, data } = requires;
    const databases = parts.filter(({ kind }) => kind === "database").map(({ name }) => name);
    if (retentionMs === undefined || databases.length === 0) return [];
    const missing = [
      ...(data?.recordBytes === undefined ? ['recordSize: "1 kB"'] : []),
      ...(data?.recordsPerDay === undefined && requires.traffic === undefined ? ['recordsPerDay: "1M"'] : []),
    ];
    if (missing.length === 0) return [];
    return [
      {
        severity: "question",
        place: "requires.data",
        parts: databases,
        title: "Records have to be kept, and nobody says how large they are",
        reason:
          "The storage is records per day × their size × the days they are kept × the copies: with a size assumed, the disk is a guess.",
        mend: `In requires, write data: { ${missing.join(", ")} }.`,
      },
    ];
  },
};

function entryOf(parts: readonly { readonly kind: string; readonly name: string }[]): string {
  const entry = parts.find(({ kind }) => kind === "edge") ?? parts.find(({ kind }) => kind === "service");
  return entry?.name ?? "front";
}
