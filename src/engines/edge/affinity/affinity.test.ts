import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SimulatedClock } from "../../../blocks/time/index.ts";
import { FieldFacts } from "../balancing/request-facts.ts";
import { type Member, membersOf } from "../balancing/testing/member.ts";
import type { AffinityConfig } from "../config/index.ts";
import { affinityOf, affinityProblem } from "./affinities.ts";

const SECRET = Buffer.from("sixteen bytes at least");
const HOUR_MS = 3_600_000;

function started(config: AffinityConfig, options: { upstream?: string; secret?: Uint8Array } = {}) {
  const clock = new SimulatedClock();
  const members = membersOf([1, 1, 1, 1]);
  const { upstream = "shop", secret = SECRET } = options;
  return { clock, members, affinity: affinityOf<Member>(config, { upstream, clock, secret }) };
}

function factsOf(
  cookies: readonly string[],
  options: { overTls?: boolean; clientAddress?: string; fields?: string[] } = {},
) {
  const { overTls = false, clientAddress = "192.0.2.1", fields = [] } = options;
  const rawHeaders = [...fields, ...cookies.flatMap((cookie) => ["Cookie", cookie])];
  return new FieldFacts({ clientAddress, overTls, target: "/", rawHeaders });
}

/** What a browser makes of `Set-Cookie`: the pair in front. */
function pairOf(setCookie: string | undefined): string {
  assert.ok(setCookie);
  return setCookie.split(";")[0] ?? "";
}

const NONE = factsOf([]);

test("cookie: a client without one gets one, and comes back to its member with it", () => {
  const { affinity, members } = started({ by: "cookie" });
  assert.equal(affinity.endpointFor(NONE, members, 0), undefined);
  for (const member of members) {
    const setCookie = affinity.setCookieFor(member, NONE);
    assert.match(
      setCookie ?? "",
      /^trestle-affinity-[0-9a-f]{8}=[A-Za-z0-9_-]{44}; Path=\/; Max-Age=86400; HttpOnly; SameSite=Lax$/,
    );
    const facts = factsOf([`a=b; ${pairOf(setCookie)}`]);
    assert.equal(affinity.endpointFor(facts, members, 0), member);
    assert.equal(affinity.setCookieFor(member, facts), undefined);
  }
});

test("cookie: it has the name and the age that it was given, and goes back over TLS only to clients who came over TLS", () => {
  const { affinity, members } = started({ by: "cookie", name: "shop-at", maxAgeMs: HOUR_MS });
  const [member] = members;
  assert.ok(member);
  assert.match(
    affinity.setCookieFor(member, factsOf([], { overTls: true })) ?? "",
    /^shop-at=[A-Za-z0-9_-]{44}; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure$/,
  );
});

test("cookie: without a name, those of two upstreams under one host do not take each other's place", () => {
  const [shop, blog] = ["shop", "blog"].map((upstream) => started({ by: "cookie" }, { upstream }));
  assert.ok(shop && blog);
  const [home, away] = [shop.members[1], blog.members[2]];
  assert.ok(home && away);
  const inShop = pairOf(shop.affinity.setCookieFor(home, NONE));
  const inBlog = pairOf(blog.affinity.setCookieFor(away, NONE));
  assert.notEqual(inShop.split("=")[0], inBlog.split("=")[0]);
  const both = factsOf([`${inShop}; ${inBlog}`]);
  assert.equal(shop.affinity.endpointFor(both, shop.members, 0), home);
  assert.equal(blog.affinity.endpointFor(both, blog.members, 0), away);
});

test("cookie: other workers and later lists of members understand it, other secrets and upstreams do not", () => {
  const config = { by: "cookie" } as const;
  const one = started(config);
  const [member] = one.members;
  assert.ok(member);
  const facts = factsOf([pairOf(one.affinity.setCookieFor(member, NONE))]);
  const other = started(config);
  assert.equal(other.affinity.endpointFor(facts, other.members, 0)?.id, member.id);
  const turned = [...other.members].reverse();
  assert.equal(other.affinity.endpointFor(facts, turned, 0)?.id, member.id);
  for (const stranger of [
    started(config, { upstream: "blog" }),
    started(config, { secret: Buffer.from("another sixteen bytes") }),
    started({ by: "cookie", secret: "a secret of its own" }),
  ]) {
    assert.equal(stranger.affinity.endpointFor(facts, stranger.members, 0), undefined);
  }
});

test("cookie: when the member is gone, refuses or was tried, the balancer chooses, and the client gets a new one", () => {
  const { affinity, members } = started({ by: "cookie" });
  const [home, other] = members;
  assert.ok(home && other);
  const facts = factsOf([pairOf(affinity.setCookieFor(home, NONE))]);
  home.isUp = false;
  assert.equal(affinity.endpointFor(facts, members, 0), undefined);
  const moved = factsOf([pairOf(affinity.setCookieFor(other, facts))]);
  home.isUp = true;
  // The client stays where it was moved to, though the first member is back.
  assert.equal(affinity.endpointFor(moved, members, 0), other);
  assert.equal(affinity.endpointFor(facts, members, 0, [home]), undefined);
  assert.equal(affinity.endpointFor(facts, [other], 0), undefined);
});

test("cookie: a member that is merely busy keeps its clients", () => {
  const { affinity, members } = started({ by: "cookie" });
  const [home] = members;
  assert.ok(home);
  const facts = factsOf([pairOf(affinity.setCookieFor(home, NONE))]);
  home.inFlight = 10_000;
  assert.equal(affinity.endpointFor(facts, members, 0), home);
});

test("cookie: after half its age it is made anew, after all of it it counts for nothing, whoever sends it again", async () => {
  const { affinity, members, clock } = started({ by: "cookie", maxAgeMs: HOUR_MS });
  const [home] = members;
  assert.ok(home);
  const facts = factsOf([pairOf(affinity.setCookieFor(home, NONE))]);
  await clock.advance(HOUR_MS / 2);
  assert.equal(affinity.setCookieFor(home, facts), undefined);
  await clock.advance(1_000);
  const renewed = factsOf([pairOf(affinity.setCookieFor(home, facts))]);
  assert.equal(affinity.endpointFor(facts, members, 0), home);
  await clock.advance(HOUR_MS / 2);
  assert.equal(affinity.endpointFor(facts, members, 0), undefined);
  assert.equal(affinity.endpointFor(renewed, members, 0), home);
});

test("cookie: one from a clock that is a little ahead is believed, one from far ahead is not", async () => {
  const config = { by: "cookie" } as const;
  const { affinity, members } = started(config);
  const ahead = started(config);
  const [home] = ahead.members;
  assert.ok(home);
  await ahead.clock.advance(60_000);
  const soon = factsOf([pairOf(ahead.affinity.setCookieFor(home, NONE))]);
  assert.equal(affinity.endpointFor(soon, members, 0)?.id, home.id);
  await ahead.clock.advance(HOUR_MS);
  const later = factsOf([pairOf(ahead.affinity.setCookieFor(home, NONE))]);
  assert.equal(affinity.endpointFor(later, members, 0), undefined);
});

test("cookie: forged and foreign ones count for nothing, and a few of them do not hide the good one", () => {
  const { affinity, members } = started({ by: "cookie" });
  const [home] = members;
  assert.ok(home);
  const good = pairOf(affinity.setCookieFor(home, NONE));
  const [name] = good.split("=");
  const forgedArb = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.stringMatching(/^[A-Za-z0-9_-]{44}$/),
    fc.constantFrom("", "=", home.id, "A".repeat(16_000), `${good}x`, good.slice(0, -1), "é".repeat(44), '"'),
  );
  fc.assert(
    fc.property(fc.array(forgedArb, { maxLength: 3 }), (forged) => {
      const pairs = forged.map((value) => `${name}=${value.replaceAll(";", "")}`);
      assert.equal(affinity.endpointFor(factsOf(pairs), members, 0), undefined);
      assert.match(affinity.setCookieFor(home, factsOf(pairs)) ?? "", /^trestle-affinity-[0-9a-f]{8}=/);
      assert.equal(affinity.endpointFor(factsOf([...pairs, good]), members, 0), home);
    }),
  );
});

test("cookie: of very many, the first few are looked at", () => {
  const { affinity, members } = started({ by: "cookie" });
  const [home] = members;
  assert.ok(home);
  const good = pairOf(affinity.setCookieFor(home, NONE));
  const [name] = good.split("=");
  const many = Array.from({ length: 500 }, () => `${name}=${"A".repeat(44)}`);
  assert.equal(affinity.endpointFor(factsOf([[...many, good].join("; ")]), members, 0), undefined);
});

for (const [by, config, facts] of [
  ["ip", { by: "ip" }, (client: number) => factsOf([], { clientAddress: `192.0.2.${client}` })],
  [
    "header",
    { by: "header", name: "X-User" },
    (client: number) => factsOf([], { fields: ["x-user", `u${client}`] }),
  ],
] as const) {
  test(`${by}: a client stays with a member, all members have clients, and no cookie is set`, () => {
    const { affinity, members } = started(config);
    const homes = Array.from({ length: 100 }, (_, client) => affinity.endpointFor(facts(client), members, 0));
    assert.deepEqual(new Set(homes), new Set(members));
    homes.forEach((home, client) => {
      assert.ok(home);
      home.inFlight += 1;
      assert.equal(affinity.endpointFor(facts(client), members, 0), home);
      assert.equal(affinity.setCookieFor(home, facts(client)), undefined);
    });
  });

  test(`${by}: while its member cannot be used a client has one other, and the clients of others stay`, () => {
    const { affinity, members } = started(config);
    const [down] = members;
    const homes = Array.from({ length: 100 }, (_, client) => affinity.endpointFor(facts(client), members, 0));
    assert.ok(down);
    down.isUp = false;
    homes.forEach((home, client) => {
      const now = affinity.endpointFor(facts(client), members, 0);
      assert.ok(now && now !== down && (home === down || now === home));
      assert.equal(affinity.endpointFor(facts(client), members.slice(1), 0), now);
      const next = affinity.endpointFor(facts(client), members, 0, [now]);
      assert.ok(next && next !== now && next !== down);
    });
  });
}

test("header: a client without the field is the balancer's", () => {
  const { affinity, members } = started({ by: "header", name: "X-User" });
  assert.equal(affinity.endpointFor(NONE, members, 0), undefined);
});

test("names that would break a field, ages of nothing and secrets that could be guessed are refused", () => {
  const problems: readonly AffinityConfig[] = [
    { by: "cookie", name: "a b" },
    { by: "cookie", name: "a\r\nSet-Cookie: b" },
    { by: "cookie", name: "" },
    { by: "cookie", maxAgeMs: 0 },
    { by: "cookie", maxAgeMs: Number.NaN },
    { by: "cookie", secret: "short" },
    { by: "header", name: "X User" },
  ];
  for (const config of problems) {
    assert.equal(typeof affinityProblem(config), "string", JSON.stringify(config));
    assert.throws(() => started(config), RangeError);
  }
  assert.equal(
    affinityProblem({ by: "cookie", name: "__Host-at", maxAgeMs: 1_000, secret: "0123456789abcdef" }),
    undefined,
  );
  assert.equal(affinityProblem({ by: "ip" }), undefined);
});
