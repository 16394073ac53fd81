import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { test } from "node:test";
import { seededRandom } from "../../../blocks/time/index.ts";
import { turns } from "../testing/servers.ts";
import { boundsOf } from "./bounds.ts";
import type { LinkUser } from "./link.ts";
import { Asker, asked, OK, poolScene, sendOn, taken } from "./testing/pool-scene.ts";

const silent = () => "";

/** Sends a request whose outcome does not matter. */
function occupy(link: Parameters<typeof asked>[0]): void {
  void asked(link);
}

test("beyond the bound on connections whoever asks waits in line, and beyond the bound on that there is no place", async () => {
  await using it = await poolScene({ bounds: { connections: 2, pending: 2 } });
  const said = [1, 2, 3, 4, 5].map(() => new Asker(it.pool).said);
  assert.deepEqual(said, ["link", "link", "queued", "queued", "full"]);
  assert.deepEqual([it.pool.connections, it.pool.pending, it.load.pending], [2, 2, 2]);
});

test("the bound on waiting is the upstream's: who waits in other pools counts", async () => {
  await using it = await poolScene({ bounds: { connections: 1, pending: 3 } });
  it.load.pending = 2;
  assert.deepEqual(
    [1, 2, 3].map(() => new Asker(it.pool).said),
    ["link", "queued", "full"],
  );
});

test("a connection that has answered goes to whoever waits longest, also where none is kept idle", async () => {
  for (const idleUpstreamConnections of [0, 2]) {
    await using it = await poolScene({ bounds: { connections: 1 }, limits: { idleUpstreamConnections } });
    const link = taken(it.pool);
    const order: string[] = [];
    const answers = ["first", "second"].map((name) => {
      const { promise, resolve } = Promise.withResolvers<string>();
      const onLink = (given: typeof link) => {
        order.push(name);
        void asked(given).then(resolve);
      };
      assert.equal(new Asker(it.pool, { onLink }).said, "queued");
      return promise;
    });
    assert.equal(await asked(link), "ok");
    assert.deepEqual(await Promise.all(answers), ["ok", "ok"]);
    assert.deepEqual(order, ["first", "second"]);
    assert.equal(it.origin.connections, 1);
    assert.equal(it.load.pending, 0);
  }
});

test("nobody waits while a connection dies: another is opened in its place", async () => {
  for (const kill of ["reset", "end", "abandon"]) {
    await using it = await poolScene({ bounds: { connections: 1 }, answer: silent });
    const link = taken(it.pool);
    const user = {
      onConnected() {},
      onDrain() {},
      onInterim() {},
      onSwitched() {},
      onAnswer() {},
      onFailure() {},
    };
    sendOn(link, user);
    await once(it.origin.server, "connection");
    const waiting = new Asker(it.pool);
    assert.equal(waiting.said, "queued");
    await turns();
    if (kill === "abandon") link.abandon(user);
    else if (kill === "reset") it.sockets[0]?.resetAndDestroy();
    else it.sockets[0]?.end();
    while (!waiting.link) await turns(1);
    assert.notEqual(waiting.link, link);
    await once(it.origin.server, "connection");
    assert.deepEqual([it.pool.connections, it.pool.pending, it.load.pending], [1, 0, 0]);
  }
});

test("whoever waits too long is told so, by the next sweep, and holds no place", async () => {
  await using it = await poolScene({
    bounds: { connections: 1, pending: 1, pendingMs: 1_200 },
    answer: silent,
  });
  occupy(taken(it.pool));
  const waiting = new Asker(it.pool);
  await it.clock.advance(1_000);
  assert.deepEqual(waiting.told, []);
  await it.clock.advance(500);
  assert.deepEqual(waiting.told, ["late"]);
  assert.equal(new Asker(it.pool).said, "queued");
  assert.equal(it.load.pending, 1);
});

test("whoever left the line is heard of no more, and the next is served", async () => {
  await using it = await poolScene({ bounds: { connections: 1 } });
  const link = taken(it.pool);
  const [left, next] = [new Asker(it.pool), new Asker(it.pool)];
  it.pool.leave(left);
  it.pool.leave(left);
  assert.equal(it.load.pending, 1);
  assert.equal(await asked(link), "ok");
  assert.deepEqual([left.told, next.told], [[], ["link"]]);
  assert.equal(next.link, link);
});

test("with nobody in line and nothing idle no timer is left", async () => {
  await using it = await poolScene({ bounds: { connections: 1 }, answer: silent });
  occupy(taken(it.pool));
  const waiting = new Asker(it.pool);
  assert.equal(it.clock.pendingTimers, 1);
  it.pool.leave(waiting);
  await it.clock.advance(1_000);
  assert.equal(it.clock.pendingTimers, 0);
});

test("those who wait at an endpoint that is not to be used, or goes, are sent elsewhere, once each", async () => {
  for (const send of ["dismiss", "retire", "close"] as const) {
    await using it = await poolScene({ bounds: { connections: 1 }, answer: silent });
    occupy(taken(it.pool));
    const waiting = [new Asker(it.pool), new Asker(it.pool)];
    it.pool[send]();
    assert.deepEqual(
      waiting.map(({ told }) => told),
      [["elsewhere"], ["elsewhere"]],
    );
    assert.equal(it.load.pending, 0);
  }
});

test("a connection is closed after as many requests as it may serve, and another serves whoever waits", async () => {
  await using it = await poolScene({ bounds: { connections: 1, requestsPerConnection: 2 } });
  const link = taken(it.pool);
  assert.equal(await asked(link), "ok");
  assert.equal(taken(it.pool), link);
  const waiting = new Asker(it.pool);
  assert.equal(await asked(link), "ok");
  assert.ok(waiting.link);
  assert.notEqual(waiting.link, link);
  assert.equal(await asked(waiting.link), "ok");
  assert.equal(it.origin.connections, 2);
});

test("a higher bound serves those who wait at once, and a lower one closes what is idle", async () => {
  await using it = await poolScene({ bounds: { connections: 1 } });
  const link = taken(it.pool);
  const waiting = [new Asker(it.pool), new Asker(it.pool)];
  it.pool.applyLimits(it.limits, boundsOf({ connections: 2 }));
  assert.deepEqual(
    waiting.map(({ told }) => told),
    [["link"], []],
  );
  const [second] = waiting;
  assert.ok(second?.link);
  await Promise.all([asked(link), asked(second.link)]);
  await turns();
  assert.deepEqual([it.pool.connections, it.pool.idle, it.pool.pending], [2, 1, 0]);
  it.pool.applyLimits(it.limits, boundsOf({ connections: 1 }));
  assert.deepEqual([it.pool.connections, it.pool.idle], [1, 0]);
});

test("tunnels count as connections, and a closed one makes room", async () => {
  await using it = await poolScene({ bounds: { connections: 1 } });
  const tunnel = {};
  it.tunnels.add(tunnel);
  const waiting = new Asker(it.pool);
  assert.equal(waiting.said, "queued");
  it.tunnels.delete(tunnel);
  it.pool.roomMade();
  assert.deepEqual(waiting.told, ["link"]);
});

test("a connection that was switched stays in the count until its tunnel is closed", async () => {
  const answer = () => "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n";
  await using it = await poolScene({ bounds: { connections: 1 }, answer });
  const link = taken(it.pool, true);
  const waiting = new Asker(it.pool);
  const tunnel = {};
  const { promise, resolve } = Promise.withResolvers<Socket>();
  const user: LinkUser = {
    onConnected() {},
    onDrain() {},
    onInterim() {},
    onAnswer() {},
    onSwitched(_answer, socket) {
      it.tunnels.add(tunnel);
      resolve(socket);
    },
    onFailure() {},
  };
  sendOn(link, user, false, true);
  const socket = await promise;
  assert.deepEqual([waiting.told, it.pool.connections], [[], 0]);
  socket.destroy();
  it.tunnels.delete(tunnel);
  it.pool.roomMade();
  assert.deepEqual(waiting.told, ["link"]);
});

test("a connection that may switch its protocol is a new one; idle ones make room for it", async () => {
  await using it = await poolScene({ bounds: { connections: 1 } });
  const link = taken(it.pool);
  assert.equal(await asked(link), "ok");
  assert.equal(it.pool.idle, 1);
  const switching = taken(it.pool, true);
  assert.notEqual(switching, link);
  assert.deepEqual([it.pool.connections, it.pool.idle], [1, 0]);
  const waiting = new Asker(it.pool, { switches: true });
  assert.equal(waiting.said, "queued");
  assert.equal(await asked(switching), "ok");
  assert.ok(waiting.link);
  assert.notEqual(waiting.link, switching);
});

test("connections that tell of their client serve no other, and make room for others", async () => {
  await using it = await poolScene({ bounds: { connections: 2 }, perClient: true });
  const [ann, bob, cat] = [{ remotePort: 1 }, { remotePort: 2 }, { remotePort: 3 }];
  const of = (client: object) => {
    const { link } = new Asker(it.pool, { client });
    assert.ok(link);
    return link;
  };
  const anns = of(ann);
  assert.equal(await asked(anns), "ok");
  const bobs = of(bob);
  assert.notEqual(bobs, anns);
  assert.equal(await asked(bobs), "ok");
  assert.equal(of(ann), anns);
  const cats = of(cat);
  assert.notEqual(cats, bobs);
  assert.equal(it.pool.connections, 2);
  const waiting = new Asker(it.pool, { client: bob });
  assert.equal(waiting.said, "queued");
  assert.equal(await asked(anns), "ok");
  assert.ok(waiting.link);
  assert.notEqual(waiting.link, anns);
});

test("law: whatever is asked, answered, reset and left, the bound holds, the line is served in order, and nobody is forgotten", async () => {
  for (const seed of [1, 2, 3]) {
    const random = seededRandom(seed);
    const connections = 3;
    await using it = await poolScene({ bounds: { connections, pending: 8 }, answer: silent });
    const served: Asker[] = [];
    const askers: Asker[] = [];
    const left = new Set<Asker>();
    const outcomes: Promise<string>[] = [];
    const ask = () => {
      const asker: Asker = new Asker(it.pool, {
        onLink: (link) => {
          served.push(asker);
          outcomes.push(asked(link));
        },
      });
      if (asker.said === "full") return;
      if (asker.link) {
        served.push(asker);
        outcomes.push(asked(asker.link));
      }
      askers.push(asker);
    };
    const open = () => it.sockets.filter((socket) => !socket.destroyed);
    for (let step = 0; step < 150; step++) {
      const lot = random();
      const sockets = open();
      const socket = sockets[Math.floor(random() * sockets.length)];
      if (lot < 0.5) ask();
      else if (lot < 0.75) socket?.write(OK);
      else if (lot < 0.9) socket?.resetAndDestroy();
      else {
        const waiting = askers.find((asker) => !asker.link && !left.has(asker));
        if (waiting) {
          it.pool.leave(waiting);
          left.add(waiting);
        }
      }
      await turns(3);
      assert.ok(it.pool.connections <= connections);
      assert.ok(it.pool.pending === 0 || it.pool.connections === connections);
      assert.equal(it.load.pending, it.pool.pending);
    }
    while (it.pool.pending > 0) {
      for (const socket of open()) socket.write(OK);
      await turns(3);
    }
    for (let round = 0; round < 3; round++) {
      for (const socket of open()) socket.write(OK);
      await turns(5);
    }
    const expected = askers.filter((asker) => !left.has(asker));
    assert.deepEqual(
      served.map((asker) => askers.indexOf(asker)),
      expected.map((asker) => askers.indexOf(asker)),
    );
    for (const asker of expected) assert.ok(asker.told.length <= 1);
    for (const asker of left) assert.deepEqual(asker.told, []);
    assert.ok(expected.length > 30);
  }
});
