import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { SimulatedClock } from "../../../blocks/time/index.ts";
import { DesignError, loadDesign } from "../index.ts";
import { LOAD_TIMEOUT_MS } from "./import.ts";

const SHOP = `
import { cache, database, edge, service, system, task } from "trestle";
const links = database("links");
const seed = task("seed", { command: ["python3", "seed.py"], uses: { links } });
const hot = cache("hot");
const api = service("api", { command: ["python3", "app.py"], uses: { store: links, hot, seed } });
const front = edge("front", { routes: [{ path: "/*", to: api }] });
export default system("shop", { parts: [front, hot] });
`;

describe("a good design", () => {
  test("requests have all their shares, and bring the parts that they come in at", async (t) => {
    const text = `import { edge, service, system } from "trestle";
      const api = service("api", {
        command: ["python3", "app.py"],
        plan: { work: { follow: { time: "300 us", spread: 0.5 } }, availability: "99.9%" },
      });
      const front = edge("front", { routes: [{ path: "/*", to: api }] });
      export default system("shop", {
        requests: {
          follow: { to: front, request: "GET /:code", share: "80%", keys: { count: "1M" } },
          create: { to: front, request: "POST /api/links", requestSize: "500 B" },
          count: { to: api, request: "/count", kind: "write" },
        },
        parts: [api],
      });`;
    const { model } = await loadDesign(folderWith(t, { "system.ts": text }), { environment: {} });
    assert.deepEqual(
      model.parts.map(({ name }) => name),
      ["api", "front"],
    );
    const share = (1 - 0.8) / 2;
    const usual = { to: "front", method: "GET", kind: "read" };
    assert.deepEqual(model.requests, [
      { ...usual, name: "follow", path: "/:code", share: 0.8, keys: { count: 1_000_000, skew: 1 } },
      {
        ...usual,
        name: "create",
        method: "POST",
        path: "/api/links",
        share,
        kind: "write",
        requestBytes: 500,
      },
      { ...usual, name: "count", to: "api", path: "/count", share, kind: "write" },
    ]);
    const [api] = model.parts;
    assert.deepEqual(api && "plan" in api ? api.plan : undefined, {
      work: { follow: { meanMs: 0.3, spread: 0.5 } },
      availability: 0.999,
    });
  });

  test("telemetry is what the design says of it, and none when it says false", async (t) => {
    const load = async (telemetry: string) => {
      const text = `import { service, system } from "trestle";
        const api = service("api", { command: ["python3", "app.py"] });
        export default system("shop", { telemetry: ${telemetry}, parts: [api] });`;
      return (await loadDesign(folderWith(t, { "system.ts": text }), { environment: {} })).model.telemetry;
    };
    assert.equal(await load("false"), undefined);
    assert.deepEqual(await load('{ traces: { share: "1%" }, forward: "http://127.0.0.1:4318" }'), {
      traces: { share: 0.01, perSecondMax: 50, slowMs: 500 },
      forward: "http://127.0.0.1:4318/",
      record: true,
    });
  });

  test("has every part that its parts refer to, each after what it needs, with all defaults filled in", async (t) => {
    const folder = folderWith(t, { "system.ts": SHOP });
    const design = await loadDesign(folder, { environment: {} });
    assert.equal(design.file, join(folder, "system.ts"));
    assert.equal(design.folder, folder);
    const program = { program: { command: ["python3", "app.py"] }, folder: ".", environment: {} };
    assert.deepEqual(design.model, {
      version: 1,
      name: "shop",
      requires: {},
      telemetry: { traces: { share: 1, perSecondMax: 50, slowMs: 500 }, record: true },
      parts: [
        { kind: "database", name: "links" },
        { kind: "cache", name: "hot", memoryBytes: 67_108_864 },
        {
          kind: "task",
          name: "seed",
          ...program,
          program: { command: ["python3", "seed.py"] },
          uses: { links: "links" },
          timeoutMs: 600_000,
        },
        {
          kind: "service",
          name: "api",
          ...program,
          uses: { store: "links", hot: "hot", seed: "seed" },
          replicas: 1,
          startTimeoutMs: 30_000,
          stopTimeoutMs: 10_000,
        },
        {
          kind: "edge",
          name: "front",
          listeners: [
            {
              kind: "http",
              host: "127.0.0.1",
              port: 8080,
              routes: [{ path: "/*", to: "api" }],
              http2: true,
              trustedHops: 0,
              acceptProxy: false,
            },
          ],
          workers: 1,
          limits: {},
        },
      ],
    });
  });

  test("is frozen to the last field, and the same after a journey through JSON", async (t) => {
    const { model } = await loadDesign(folderWith(t, { "system.ts": SHOP }), { environment: {} });
    const everyValue = (value: unknown): unknown[] =>
      typeof value === "object" && value !== null ? [value, ...Object.values(value).flatMap(everyValue)] : [];
    for (const value of everyValue(model)) assert.ok(Object.isFrozen(value));
    assert.deepEqual(JSON.parse(JSON.stringify(model)), model);
  });

  test("keeps the quantities of its requirements in base units", async (t) => {
    const folder = folderWith(t, {
      "system.mjs": `
        import { service, system } from "trestle";
        const api = service("api", { url: "http://127.0.0.1:9000" });
        export default system("shop", {
          parts: [api],
          requires: {
            traffic: { rate: "6M/min", reads: "90%" },
            latency: { p50: "500 us", p999: "1 s" },
            availability: "99.99%",
            durability: 0.999,
            retention: "1 day",
            data: { recordSize: "1 kB", recordsPerDay: "2k", requestSize: 10, responseSize: "1 KiB" },
            growthPerYear: "150%",
          },
        });`,
    });
    const { model } = await loadDesign(folder, { environment: {} });
    assert.deepEqual(model.requires, {
      traffic: { requestsPerSecond: 100_000, peak: 3, reads: 0.9 },
      latency: { p50Ms: 0.5, p999Ms: 1_000 },
      availability: 0.9999,
      durability: 0.999,
      retentionMs: 86_400_000,
      data: { recordBytes: 1_000, recordsPerDay: 2_000, requestBytes: 10, responseBytes: 1_024 },
      growthPerYear: 1.5,
    });
  });

  test("may name parts that are defined further down, in functions", async (t) => {
    const folder = folderWith(t, {
      "system.ts": `
        import { edge, service, system } from "trestle";
        const front = edge("front", { routes: () => [{ path: "/*", to: api }] });
        const api = service("api", { command: ["a"], uses: () => ({ mail }) });
        const mail = service("mail", { command: ["b"] });
        export default system("shop", { parts: [front] });`,
    });
    const { model } = await loadDesign(folder, { environment: {} });
    assert.deepEqual(
      model.parts.map((part) => part.name),
      ["mail", "api", "front"],
    );
  });

  test("may be spread over files, and a problem is told where it stands", async (t) => {
    const folder = folderWith(t, {
      "system.ts": `
        import { system } from "trestle";
        import { hot } from "./parts.ts";
        export default system("shop", { parts: [hot] });`,
      "parts.ts": `import { cache } from "trestle";\nexport const hot = cache("hot", { memory: "1 XB" });`,
    });
    const [problem] = (await refusal(folder)).problems;
    assert.equal(problem?.file, join(folder, "parts.ts"));
    assert.deepEqual([problem?.line, problem?.column], [2, 35]);
  });

  test("is one design, whatever path or link leads to it", async (t) => {
    const folder = folderWith(t, { "system.ts": SHOP, "elsewhere/readme.txt": "" });
    symlinkSync(join(folder, "system.ts"), join(folder, "elsewhere", "linked.ts"));
    const design = await loadDesign(join(folder, "elsewhere", "linked.ts"), { environment: {} });
    assert.equal(design.file, join(folder, "system.ts"));
  });

  test("is read again once its file has changed", async (t) => {
    const folder = folderWith(t, { "system.ts": SHOP });
    await loadDesign(folder, { environment: {} });
    writeFileSync(join(folder, "system.ts"), SHOP.replace('system("shop"', 'system("market"'));
    utimesSync(join(folder, "system.ts"), 1, 1);
    assert.equal((await loadDesign(folder, { environment: {} })).model.name, "market");
  });

  test("needs no file that a task makes first, and none of a part that stands outside", async (t) => {
    const folder = folderWith(t, {
      "system.ts": `
        import { database, service, system, task } from "trestle";
        const build = task("build", { command: ["make"] });
        const api = service("api", { run: "./built/api.js", folder: "./made", uses: { build } });
        const mail = service("mail", { run: "./nowhere.ts", url: "http://127.0.0.1:9000" });
        const links = database("links", { migrations: "./nowhere", url: "postgres://127.0.0.1/links" });
        export default system("shop", { parts: [api, mail, links] });`,
    });
    await loadDesign(folder, { environment: {} });
  });
});

describe("a part stands outside Trestle", () => {
  test("at the URL that the environment names for it", async (t) => {
    const folder = folderWith(t, { "system.ts": SHOP });
    const environment = {
      TRESTLE_HOT_URL: "redis://cache.example.com:6379",
      TRESTLE_OTHER_URL: "x",
      TRESTLE_API_URL: "",
    };
    const { model } = await loadDesign(folder, { environment });
    const urls = model.parts.map((part) => ("url" in part ? part.url : undefined)).filter(Boolean);
    assert.deepEqual(urls, ["redis://cache.example.com:6379"]);
  });

  test("and a URL that cannot be is told by its variable, without its password", async (t) => {
    const folder = folderWith(t, { "system.ts": SHOP });
    const environment = {
      TRESTLE_HOT_URL: "http://user:secret@example.com",
      TRESTLE_SEED_URL: "http://example.com",
    };
    const { problems, message } = await refusal(folder, environment);
    assert.match(message, /TRESTLE_HOT_URL begins with http:\/\//);
    assert.match(message, /TRESTLE_SEED_URL would put a task outside/);
    assert.equal(problems.length, 2);
    assert.doesNotMatch(message, /secret/);
  });
});

describe("the package's name", () => {
  test("leads to the package that reads the design, whatever is installed beside it", async (t) => {
    const folder = folderWith(t, {
      "system.ts": SHOP,
      "node_modules/trestle/package.json": '{ "name": "trestle", "type": "module", "exports": "./index.js" }',
      "node_modules/trestle/index.js": 'throw new Error("the wrong one");',
    });
    await loadDesign(folder, { environment: {} });
  });

  test("has no entries but those of the package", async (t) => {
    const folder = folderWith(t, { "system.ts": 'import "trestle/nonsense";' });
    assert.match((await refusal(folder)).message, /system\.ts:1:8\n.*no entry "trestle\/nonsense"/);
  });

  test("leads nowhere else once the design is loaded", async (t) => {
    const folder = folderWith(t, { "system.ts": SHOP, "after.mjs": 'export * from "trestle";' });
    await loadDesign(folder, { environment: {} });
    await assert.rejects(import(join(folder, "after.mjs")), { code: "ERR_MODULE_NOT_FOUND" });
  });

  test("parts of another copy of the package are understood", async (t) => {
    const folder = folderWith(t, {
      "system.ts": `
        import { system } from "trestle";
        const hot = { [Symbol.for("trestle.part")]: 1, kind: "cache", name: "hot", options: {}, site: undefined };
        export default system("shop", { parts: [hot as any] });`,
    });
    assert.equal((await loadDesign(folder, { environment: {} })).model.parts[0]?.name, "hot");
  });

  test("parts of a kind that only a newer copy knows are refused", async (t) => {
    const folder = folderWith(t, {
      "system.ts": `
        import { system } from "trestle";
        const log = { [Symbol.for("trestle.part")]: 1, kind: "toString", name: "clicks", options: {}, site: undefined };
        export default system("shop", { parts: [log as any] });`,
    });
    assert.match((await refusal(folder)).message, /no parts of the kind "toString"/);
  });
});

describe("a design file that cannot be loaded", () => {
  test("is read as a module wherever it lies, without a warning", (t) => {
    for (const manifest of [undefined, "{}", '{ "type": "commonjs" }']) {
      const folder = folderWith(t, { "system.ts": SHOP, ...(manifest ? { "package.json": manifest } : {}) });
      const load = join(dirname(import.meta.dirname), "index.ts");
      const child = spawnSync(
        process.execPath,
        [
          "-e",
          `import(${JSON.stringify(load)}).then(({ loadDesign }) => loadDesign(${JSON.stringify(folder)}))`,
        ],
        { encoding: "utf8", timeout: 60_000 },
      );
      assert.equal(child.stderr, "");
      assert.equal(child.status, 0);
    }
  });

  test("a syntax error in JavaScript is told with its line, in imported files too", async (t) => {
    const folder = folderWith(t, {
      "system.js": 'import "./more.js";',
      "more.js": "export const a = 1;\nexport const b = (;\n",
    });
    const [problem] = (await refusal(folder)).problems;
    assert.deepEqual([problem?.file, problem?.line], [join(folder, "more.js"), 2]);
  });

  test("a name that is given twice is told where it is given again", async (t) => {
    const folder = folderWith(t, { "system.ts": 'import { cache } from "trestle";\nconst cache = 1;\n' });
    assert.match(
      (await refusal(folder)).message,
      /system\.ts:2:7\n {2}two things in one file are called "cache"/,
    );
  });

  test("syntax that Node cannot strip is named", async (t) => {
    const folder = folderWith(t, { "system.ts": "const a = 1;\nenum Size { Small }\n" });
    assert.match((await refusal(folder)).message, /system\.ts:2:1\n {2}TypeScript enum is not supported/);
  });

  test("a file to import that is not there is told where it is imported", async (t) => {
    const folder = folderWith(t, { "system.ts": 'import { a } from "trestle";\nimport "./parts";\n' });
    assert.match((await refusal(folder)).message, /system\.ts:2:8\n {2}there is no file "\.\/parts"/);
  });

  test("whatever is thrown is told, even if it is no error", async (t) => {
    const said = {
      null: "null",
      '"words"': '"words"',
      "Object.create(null)": "an object",
      "new TypeError()": "TypeError",
    };
    for (const [thrown, words] of Object.entries(said)) {
      const { message } = await refusal(folderWith(t, { "system.ts": `throw ${thrown};` }));
      assert.ok(message.includes(`threw while it was loaded: ${words}.`), message);
    }
  });

  test("one that waits for something is given up after a while", async (t) => {
    const clock = new SimulatedClock();
    const folder = folderWith(t, { "system.ts": "await new Promise(() => {});" });
    const loaded = loadDesign(folder, { environment: {}, clock });
    const refused = assert.rejects(loaded, /did not finish loading within 10 s/);
    while (clock.pendingTimers === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(LOAD_TIMEOUT_MS);
    await refused;
    assert.equal(clock.pendingTimers, 0);
  });
});

/** A folder with those files, gone after the test. */
function folderWith(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "trestle-design-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

async function refusal(path: string, environment: Record<string, string> = {}): Promise<DesignError> {
  try {
    await loadDesign(path, { environment });
  } catch (thrown) {
    assert.ok(thrown instanceof DesignError, String(thrown));
    return thrown;
  }
  return assert.fail(`${path} was accepted`);
}
