import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { processesOf, RunningShortener } from "./running-shortener.ts";
import { checkLink, type Sent, Traffic } from "./traffic.ts";

/** From a kill to the moment from which nothing may fail any more. */
const RECOVERY_MS = 3_000;
const VICTIMS = ["front", "shortener.1", "hot", "shortener.2", "links"];

test("60 seconds of steady traffic with each process killed in turn lose no acknowledged link, and fail no request outside the seconds of a kill", {
  timeout: 240_000,
}, async (t) => {
  await using shortener = await RunningShortener.start();
  const traffic = new Traffic(shortener.origin, { createsPerSecond: 20, redirectsPerSecond: 80 });
  const kills: { readonly victim: string; readonly atMs: number }[] = [];
  traffic.start();
  await sleep(5_000);
  for (const victim of VICTIMS) {
    const pid = await shortener.pidOf(victim);
    kills.push({ victim, atMs: performance.now() });
    process.kill(pid, "SIGKILL");
    await sleep(11_000);
  }
  await traffic.stop();

  const stray = traffic.failures.filter(
    (sent) => !kills.some(({ atMs }) => overlaps(sent, atMs, atMs + RECOVERY_MS)),
  );
  for (const { victim, atMs } of kills) {
    const hit = traffic.failures.filter((sent) => overlaps(sent, atMs, atMs + RECOVERY_MS));
    const lastMs = Math.max(0, ...hit.map(({ endedMs }) => endedMs - atMs));
    t.diagnostic(
      `${victim}: ${hit.length} requests failed, the last ${Math.round(lastMs)} ms after the kill`,
    );
  }
  t.diagnostic(`${traffic.sent.length} requests, ${traffic.links.length} links acknowledged`);
  assert.ok(traffic.links.length > 900, `${traffic.links.length} links were made`);
  assert.deepEqual(stray.map(({ failure }) => failure).slice(0, 5), []);
  await allRedirect(shortener, traffic);

  // Nothing else died on the way, and nothing needed a second start.
  const deaths = (await shortener.failures()).map(({ replica, reason }) => `${replica} ${reason}`);
  assert.deepEqual(
    deaths,
    VICTIMS.map((victim) => `${victim} was killed by SIGKILL`),
  );
});

test("kill -9 of the supervisor under load loses no acknowledged link: the next up ends what was left and serves", {
  timeout: 120_000,
}, async () => {
  await using shortener = await RunningShortener.start();
  const traffic = new Traffic(shortener.origin, { createsPerSecond: 50, redirectsPerSecond: 50 });
  traffic.start();
  await sleep(3_000);
  await shortener.end("SIGKILL");
  await traffic.stop();
  await shortener.up();
  assert.ok(traffic.links.length > 100, `${traffic.links.length} links were made`);
  await allRedirect(shortener, traffic);

  assert.equal(await shortener.end("SIGTERM"), 0);
  assert.deepEqual(await processesOf(shortener.folder), []);
});

function overlaps(sent: Sent, fromMs: number, toMs: number): boolean {
  return sent.startedMs <= toMs && sent.endedMs >= fromMs;
}

async function allRedirect(shortener: RunningShortener, traffic: Traffic): Promise<void> {
  const lost: string[] = [];
  for (const link of traffic.links) {
    const failure = await checkLink(shortener.origin, link);
    if (failure !== undefined) lost.push(failure);
  }
  assert.deepEqual(lost.slice(0, 5), [], `${lost.length} of ${traffic.links.length} links were lost`);
}
