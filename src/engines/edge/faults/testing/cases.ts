import assert from "node:assert/strict";
import type { RouteConfig } from "../../config/index.ts";
import { edgeFor, turns } from "../../testing/servers.ts";
import { type Fault, WHOLE } from "./faults.ts";
import type { ReplicaProcess } from "./replica-process.ts";
import { type Asked, askStrictly, type Saw } from "./strict-client.ts";

/** Longer than slow replicas take, on a busy machine too. */
const PATIENCE_MS = 600;

/** Two replicas, of which the first is asked first. */
export type Pair = readonly [ReplicaProcess, ReplicaProcess];

/** A request that its path tells from others. */
export type Case = Asked & { readonly path: string };

/** Whether the replicas' first request is the one at hand, or they have connections that have served others. */
export const POSITIONS = ["new", "kept"] as const;
export type Position = (typeof POSITIONS)[number];

/**
 * Sends requests at once, each through an edge of its own for each position, while `a` is ill and `b` is well; and tells of each
 * what the client saw, who answered, and how often `a` and `b` got it: `"502 edge 1+0"`.
 */
export async function fates(
  [a, b]: Pair,
  fault: Fault | "killed",
  cases: readonly Case[],
  positions: readonly Position[],
): Promise<Readonly<Record<string, string>>> {
  await using edges = new AsyncDisposableStack();
  const asked: { readonly name: string; readonly port: number; readonly asked: Case }[] = [];
  for (const position of positions) {
    for (const one of cases) {
      const edge = edges.use(await faultEdge([a.port, b.port]));
      const path = `${one.path}/${position}`;
      asked.push({ name: `${one.method} ${path}`, port: edge.port, asked: { ...one, path } });
      // Two turns, so that the third is `a`'s again.
      if (position === "kept")
        for (const by of ["a", "b"]) assert.equal((await askStrictly(edge.port)).by, by);
    }
  }
  for (const replica of [a, b]) replica.received();
  if (fault === "killed") await a.kill();
  else await a.behave(fault);
  // The ends of kept connections are seen, as they are when nobody is in a hurry.
  await turns();
  const saw = await Promise.all(asked.map((one) => askStrictly(one.port, one.asked)));
  if (fault === "killed") await a.restart();
  // What they answer to this comes behind all that they had to say before.
  for (const replica of [a, b]) await replica.behave("none");
  const received = [a.received(), b.received()];
  return Object.fromEntries(
    asked.map(({ name }, at) => {
      const counts = received.map((lines) => lines.filter((line) => line === name).length);
      return [name, `${wordFor(saw[at])} ${counts.join("+")}`];
    }),
  );
}

/**
 * Nobody is ever ejected, so that all requests find the same. Below `/again/` what is idempotent by definition is repeated, and an
 * attempt is given up after a while; elsewhere the whole wait is.
 */
function faultEdge(ports: readonly number[]) {
  const timeouts = { idleMs: PATIENCE_MS };
  const routes: RouteConfig[] = [
    { path: "/*", to: "service", timeouts: { ...timeouts, responseMs: PATIENCE_MS } },
    {
      path: "/again/*",
      to: "service",
      timeouts,
      retries: { perTryMs: PATIENCE_MS, idempotent: true, statuses: [503] },
    },
  ];
  return edgeFor(ports, {
    listeners: [{ host: "127.0.0.1", port: 0, routes }],
    upstream: { outliers: false },
  });
}

/** What a client saw, in a few words. */
function wordFor(saw: Saw | undefined): string {
  assert.ok(saw);
  const { status, by, body, isWhole } = saw;
  if (by === "edge") return isWhole ? `${status} edge` : "nothing";
  assert.ok(isWhole ? body === WHOLE : WHOLE.startsWith(body), body);
  return isWhole ? `${status} ${by}` : `cut ${by}`;
}
