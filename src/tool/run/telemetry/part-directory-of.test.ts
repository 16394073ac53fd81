import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { SimulatedClock } from "../../../blocks/time/index.ts";
import type { PartModel, SystemModel } from "../../design/model.ts";
import type { ListeningPart } from "./part-addresses.ts";
import { partDirectory } from "./part-directory-of.ts";

const PARTS: PartModel[] = [
  { kind: "cache", name: "hot", memoryBytes: 1 },
  { kind: "database", name: "links", url: "postgres://db.example.com/links" },
  { kind: "database", name: "old", url: "postgres://db.example.com:5433/old" },
  { kind: "cache", name: "near", memoryBytes: 1, url: "redis://localhost" },
];
const MODEL: SystemModel = {
  version: 1,
  name: "demo",
  requires: {},
  parts: [...PARTS, ...["shortener", "front"].map(nameOnly)],
};

function nameOnly(name: string): PartModel {
  return {
    kind: "task",
    name,
    program: { command: [] },
    folder: "",
    uses: {},
    environment: {},
    timeoutMs: 1,
  };
}

function keeper(id: string, port?: number, pid?: number) {
  return { job: { id, port: () => port }, child: pid === undefined ? undefined : { pid } };
}

function scene() {
  const clock = new SimulatedClock();
  const parts: ListeningPart[] = [
    {
      name: "front",
      url: "https://127.0.0.1:8443",
      moreUrls: ["tcp://[::1]:9000"],
      keepers: [keeper("front")],
    },
    { name: "internal-edge", url: undefined, keepers: [keeper("internal-edge", 4100, 90)] },
    {
      name: "shortener",
      url: "http://127.0.0.1:4100",
      keepers: [keeper("shortener.1", 5001, 101), keeper("shortener.2", 5002, 102)],
    },
    { name: "hot", url: "redis://:secret@127.0.0.1:6500", keepers: [keeper("hot", 6500)] },
    { name: "links", url: "postgres://db.example.com/links", keepers: [] },
    { name: "old", url: "postgres://db.example.com:5433/old", keepers: [] },
    { name: "near", url: "redis://localhost", keepers: [] },
  ];
  return { clock, parts, directory: partDirectory(MODEL, () => parts, clock) };
}

describe("who sent something", () => {
  test("is told by its resource, and a name that no part has stands for itself", () => {
    const { senderOf } = scene().directory;
    assert.deepEqual(senderOf({ "service.name": "shortener", "service.instance.id": "shortener.2" }), {
      part: "shortener",
      replica: "shortener.2",
    });
    assert.deepEqual(senderOf({ "service.name": "front" }), { part: "front", replica: "front" });
    assert.deepEqual(senderOf({ "service.name": "billing", "service.instance.id": "b-1" }), {
      part: "billing",
      replica: "b-1",
    });
    assert.deepEqual(senderOf({}), { part: "unknown_service", replica: "unknown_service" });
  });

  test("is the replica that was started, whatever its program calls itself", () => {
    const { senderOf } = scene().directory;
    const second = { part: "shortener", replica: "shortener.2" };
    assert.deepEqual(senderOf({ "service.name": "my-app", "service.instance.id": "shortener.2" }), second);
    assert.deepEqual(
      senderOf({ "service.name": "shortener", "service.instance.id": "0f9c", "process.pid": 102 }),
      second,
    );
    // But one part does not speak for another.
    assert.deepEqual(senderOf({ "service.name": "hot", "service.instance.id": "shortener.2" }), {
      part: "hot",
      replica: "shortener.2",
    });
  });

  test("has a name of bounded length, whatever comes", () => {
    const { senderOf } = scene().directory;
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (name, instance, pid) => {
        const resource = { "service.name": name, "service.instance.id": instance, "process.pid": pid };
        const { part, replica } = senderOf(resource as Parameters<typeof senderOf>[0]);
        assert.ok(part.length > 0 && part.length <= 200);
        assert.ok(replica.length > 0 && replica.length <= 200);
      }),
    );
    assert.equal(senderOf({ "service.name": "x".repeat(5_000) }).part.length, 200);
  });
});

describe("which part is called", () => {
  test("is what the caller says, if there is such a part", () => {
    const { peerOf } = scene().directory;
    assert.equal(peerOf({ "trestle.peer": "hot" }), "hot");
    assert.equal(peerOf({ "trestle.peer": "nobody" }), undefined);
    assert.equal(peerOf({ "trestle.peer": "nobody", "server.address": "::1", "server.port": 6500 }), "hot");
  });

  test("is found by its address, under whichever name this machine and the conventions give it", () => {
    const { peerOf } = scene().directory;
    for (const host of ["127.0.0.1", "localhost", "LOCALHOST.", "::1", "[::1]"]) {
      assert.equal(peerOf({ "server.address": host, "server.port": 6500 }), "hot", host);
    }
    assert.equal(peerOf({ "net.peer.name": "localhost", "net.peer.port": "5002" }), "shortener");
    assert.equal(peerOf({ "network.peer.address": "127.0.0.1", "network.peer.port": 8443 }), "front");
    assert.equal(peerOf({ "url.full": "http://localhost:9000/x" }), "front");
    assert.equal(peerOf({ "server.address": "127.0.0.1", "server.port": 1 }), undefined);
    assert.equal(peerOf({ "server.address": "127.0.0.1" }), undefined);
    assert.equal(peerOf({}), undefined);
  });

  test("is the service behind the internal edge, not the edge", () => {
    const { peerOf } = scene().directory;
    assert.equal(peerOf({ "server.address": "127.0.0.1", "server.port": 4100 }), "shortener");
  });

  test("may stand outside, at the port that its protocol has when none is said", () => {
    const { peerOf } = scene().directory;
    assert.equal(peerOf({ "server.address": "DB.example.com", "server.port": 5432 }), "links");
    assert.equal(peerOf({ "server.address": "db.example.com", "server.port": 5433 }), "old");
    assert.equal(peerOf({ "server.address": "127.0.0.1", "server.port": 6379 }), "near");
    // Two parts are on that host: nobody can tell which.
    assert.equal(peerOf({ "server.address": "db.example.com" }), undefined);
  });

  test("is known of replicas that came a second ago", async () => {
    const { clock, parts, directory } = scene();
    const asked = () => directory.peerOf({ "server.address": "127.0.0.1", "server.port": 5003 });
    parts.push({ name: "api", keepers: [keeper("api.1", 5003)] });
    assert.equal(asked(), undefined);
    await clock.advance(1_000);
    assert.equal(asked(), "api");
  });
});
