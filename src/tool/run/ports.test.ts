import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { systemRandom } from "../../blocks/time/index.ts";
import { isFree, Ports, whyNotFree } from "./ports.ts";
import { temporaryFolder } from "./testdata/stage.ts";

async function occupy(t: TestContext, port: number): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port }, resolve);
  });
  t.after(() => server.close());
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

describe("ports", () => {
  test("are the same for a name from run to run", async (t) => {
    const path = join(temporaryFolder(t), "deep", "ports.json");
    const first = new Ports(path, systemRandom);
    const [links, hot] = [await first.take("links"), await first.take("hot")];
    assert.notEqual(links, hot);
    const second = new Ports(path, systemRandom);
    assert.equal(await second.take("hot"), hot);
    assert.equal(await second.take("links"), links);
  });

  test("are others where the remembered one is taken by another program", async (t) => {
    const path = join(temporaryFolder(t), "ports.json");
    const before = await new Ports(path, systemRandom).take("links");
    await occupy(t, before);
    const after = await new Ports(path, systemRandom).take("links");
    assert.notEqual(after, before);
    assert.equal(JSON.parse(readFileSync(path, "utf8")).links, after);
  });

  test("are never given out twice at a time, even to those who ask at once", async (t) => {
    const ports = new Ports(join(temporaryFolder(t), "ports.json"), systemRandom);
    const taken = await Promise.all(Array.from({ length: 40 }, (_, index) => ports.take(`part-${index}`)));
    assert.equal(new Set(taken).size, taken.length);
    for (const port of taken) assert.ok(port >= 20_000 && port <= 29_999);
  });

  test("may be given out again once they were given back", async (t) => {
    const ports = new Ports(join(temporaryFolder(t), "ports.json"), systemRandom);
    const first = await ports.take("links");
    assert.notEqual(await ports.take("links"), first, "while it is held, another one is given");
    const fresh = new Ports(join(temporaryFolder(t), "ports.json"), systemRandom);
    const held = await fresh.take("links");
    fresh.release(held);
    assert.equal(await fresh.take("links"), held);
  });

  test("end with NO_FREE_PORT where chance never finds one", async (t) => {
    const taken = await occupy(t, 0);
    const path = join(temporaryFolder(t), "ports.json");
    // A generator that stands still draws one port for ever.
    const stuck = new Ports(path, () => 0.5);
    await stuck.take("first");
    await assert.rejects(stuck.take("second"), { code: "NO_FREE_PORT", retryable: true });
    assert.ok(taken > 0);
  });

  test("are drawn anew where the memory of them is damaged", async (t) => {
    const path = join(temporaryFolder(t), "ports.json");
    for (const damage of ["", "null", "[1,2]", '{"links":"x"}', '{"links":-5}', '{"links":99999}', '{"li']) {
      writeFileSync(path, damage);
      assert.ok((await new Ports(path, systemRandom).take("links")) >= 20_000);
    }
  });

  test("are handed out even where they cannot be written down", async (t) => {
    const file = join(temporaryFolder(t), "file");
    writeFileSync(file, "");
    const ports = new Ports(join(file, "ports.json"), systemRandom);
    assert.ok((await ports.take("links")) >= 20_000);
  });
});

describe("a port of the design", () => {
  test("is said to be another program's where one listens", async (t) => {
    const port = await occupy(t, 0);
    assert.equal(await isFree("127.0.0.1", port), false);
    assert.match((await whyNotFree("127.0.0.1", port)) ?? "", /^another program has it/);
  });

  test("is said to be at no address of this machine where that is so", async () => {
    assert.match((await whyNotFree("192.0.2.1", 8080)) ?? "", /no such address/);
    await assert.rejects(isFree("192.0.2.1", 8080), { code: "EADDRNOTAVAIL" });
  });
});
