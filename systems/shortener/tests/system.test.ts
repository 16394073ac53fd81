import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../testing/api-client.ts";
import { promiseApi } from "../testing/api-promises.ts";
import { RunningShortener } from "./running-shortener.ts";

/** Longer than a click may take to be counted, as documented. */
const COUNTED_MS = 1_500;

let shortener: RunningShortener;
before(async () => {
  shortener = await RunningShortener.start();
});
after(() => shortener?.[Symbol.asyncDispose]());

promiseApi(async () => ({ origin: shortener.origin, counted }));

test("clicks answered for longer than a second are not lost with the replicas that answered them", async () => {
  const { json } = await ask(shortener.origin, "/api/links", { body: { url: "https://example.com/" } });
  for (let click = 0; click < 40; click++)
    assert.equal((await ask(shortener.origin, `/${json.code}`)).status, 302);
  await counted(json.code, 40);
  for (const id of ["shortener.1", "shortener.2"]) process.kill(await shortener.pidOf(id), "SIGKILL");
  const stats = await until(async () => {
    const told = await ask(shortener.origin, `/api/links/${json.code}/stats`);
    return told.status === 200 ? told : undefined;
  });
  assert.equal(stats.json.clicks, 40);
});

test("a client does not pass for others by what it says of itself", async () => {
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, number) =>
      ask(shortener.origin, "/api/links", {
        body: { url: "https://example.com/" },
        headers: { "x-forwarded-for": `192.0.2.${number}`, forwarded: `for=192.0.2.${number}` },
      }),
    ),
  );
  const left = answers.map(({ headers }) => Number(headers.get("ratelimit-remaining")));
  assert.ok(Math.min(...left) < 1_195, `${Math.min(...left)} left`);
});

test("many referrers of one link on one day are kept to a hundred or so, and no click is lost to that", async () => {
  const { json } = await ask(shortener.origin, "/api/links", { body: { url: "https://example.com/" } });
  for (let round = 0; round < 8; round++) {
    const clicks = Array.from({ length: 40 }, (_, site) =>
      ask(shortener.origin, `/${json.code}`, {
        headers: { referer: `https://site-${round}-${site}.example/` },
      }),
    );
    await Promise.all(clicks);
    await counted(json.code, 40 * (round + 1));
  }
  const stats = await ask(shortener.origin, `/api/links/${json.code}/stats`);
  assert.equal(stats.json.clicks, 320);
  const other = stats.json.byReferrer.find(({ referrer }) => referrer === "(other)");
  assert.ok(other && other.clicks >= 320 - 200, JSON.stringify(other));
});

/** Waits as long as clicks may take, and for longer where the machine is busy: how long is not what these tests are about. */
async function counted(code: string, clicks: number): Promise<void> {
  await sleep(COUNTED_MS);
  await until(async () => {
    const { json } = await ask(shortener.origin, `/api/links/${code}/stats`);
    return json.clicks >= clicks ? json : undefined;
  });
}

async function until<Value>(attempt: () => Promise<Value | undefined>): Promise<Value> {
  for (let tries = 0; tries < 300; tries++) {
    const value = await attempt().catch(() => undefined);
    if (value !== undefined) return value;
    await sleep(100);
  }
  assert.fail("it did not come about in 30 s");
}
