import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runProgram } from "../program.ts";
import { MemoryTerminal } from "../testing/memory-terminal.ts";

interface Shop {
  readonly replicas?: number;
  readonly requires?: string;
  readonly memory?: string;
}

/** A shop of an edge, a service, a cache and a database, with 200 requests a second at its peak. */
function shopText({
  replicas = 2,
  requires = 'latency: { p99: "200 ms" }',
  memory = "64 MiB",
}: Shop): string {
  return `import { cache, database, edge, service, system } from "trestle";
const goods = database("goods");
const hot = cache("hot", { memory: "${memory}" });
const shop = service("shop", {
  run: "./service.mjs",
  uses: { goods, hot },
  replicas: ${replicas},
  plan: { work: { default: { time: "5 ms" } }, pricePerMonth: 40 },
});
const front = edge("front", { port: 8080, routes: [{ path: "/*", to: shop }] });
export default system("shop", {
  requires: { traffic: { rate: "100/s", peak: 2, reads: 0.9 }, ${requires} },
  parts: [front],
});
`;
}

/** Its design in a folder of its own. */
function shopFolder(shop: Shop = {}) {
  const folder = mkdtempSync(join(tmpdir(), "trestle-plan-test-"));
  writeFileSync(join(folder, "service.mjs"), "");
  writeFileSync(join(folder, "system.ts"), shopText(shop));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

async function plan(folder: string, ...args: string[]) {
  const terminal = new MemoryTerminal({ folder });
  terminal.out.columns = 80;
  const exitCode = await runProgram(["plan", ...args], terminal);
  return { exitCode, out: terminal.out.text, err: terminal.err.text, lines: terminal.out.lines };
}

test("a design that holds its requirements exits with 0, and its report fits the terminal", async () => {
  using shop = shopFolder();
  const { exitCode, out, err, lines } = await plan(shop.folder);
  assert.equal(err, "");
  assert.equal(exitCode, 0, out);
  assert.match(lines[0] ?? "", /^✔ shop holds /);
  assert.match(lines[1] ?? "", /^ {2}system\.ts · peak 200\/s · \d+ a month$/);
  assert.deepEqual(
    lines.filter((line) => line.length > 80 || line.endsWith("…")),
    [],
  );
});

test("a design that cannot hold them says so in words, with what would mend it, and exits with 1", async () => {
  using shop = shopFolder({ replicas: 1, requires: 'latency: { p99: "60 ms" }' });
  const { exitCode, lines, out } = await plan(shop.folder);
  assert.equal(exitCode, 1);
  assert.match(lines[0] ?? "", /^✖ shop cannot hold /);
  assert.match(out, /✖ FAILS {2}p99 latency/);
  const [, mend] = /Mend: --set (\S+) →/.exec(out) ?? [];
  assert.ok(mend !== undefined, out);
  // What it proposes does mend it.
  assert.doesNotMatch((await plan(shop.folder, "--set", mend)).out, /✖ FAILS {2}p99 latency/);
});

test("--json prints the answer as it is, and nothing else", async () => {
  using shop = shopFolder();
  const { exitCode, out, err } = await plan(shop.folder, "--json", "--review");
  const answer = JSON.parse(out);
  assert.deepEqual([exitCode, err, answer.version, answer.system], [0, "", 1, "shop"]);
  assert.ok(answer.findings.length > 0);
  const ids = new Set(answer.figures.map(({ id }: { id: string }) => id));
  assert.equal(ids.size, answer.figures.length, "every figure has an id of its own");
});

test("--set and --load ask what if, and leave the design as it is", async () => {
  using shop = shopFolder();
  const before = readFileSync(join(shop.folder, "system.ts"), "utf8");
  const replicas = async (...args: string[]) =>
    JSON.parse((await plan(shop.folder, "--json", ...args)).out).parts.find(
      ({ name }: { name: string }) => name === "shop",
    ).replicas;
  assert.equal(await replicas(), 2);
  assert.equal(await replicas("--set", "shop.replicas=5", "--set", "hot.memory=1GiB"), 5);
  const loaded = await plan(shop.folder, "--load", "5k/s");
  assert.equal(loaded.exitCode, 1);
  assert.match(loaded.lines[1] ?? "", /peak 5,000\/s/);
  assert.equal(readFileSync(join(shop.folder, "system.ts"), "utf8"), before);
});

test("a setting that the design has not exits with 2, and the nearest one is named", async () => {
  using shop = shopFolder();
  const wrong: [string[], RegExp][] = [
    [["--set", "shop.replica=2"], /replicas/],
    [["--set", "shpo.replicas=2"], /shop/],
    [["--set", "shop.replicas=many"], /replicas/],
    [["--sweep", "shop.replicas=9..1"], /ends before it begins/],
    [["--simulate", "--fail", "goods"], /--fail goods has to be of the form/],
    [["--simulate", "--duration", "10s", "--fail", "goods@20s+1s"], /after the end .* add --duration/],
    [["--simulate", "--arrivals", "nothing-like-it"], /--arrivals: nothing-like-it is none of poisson/],
    [["--explain", "latency.p98"], /did you mean latency\.p9/],
  ];
  for (const [args, message] of wrong) {
    const { exitCode, out, err } = await plan(shop.folder, ...args);
    assert.equal(exitCode, 2, `${args.join(" ")}: ${err}`);
    assert.equal(out, "");
    assert.match(err, /^trestle: /);
    assert.match(err, message);
  }
});

test("what is no design, and a profile that is not there, exit with 1", async () => {
  using shop = shopFolder();
  assert.equal((await plan(shop.folder, "elsewhere")).exitCode, 1);
  const { exitCode, err } = await plan(shop.folder, "--profile", "none.json");
  assert.equal(exitCode, 1);
  assert.match(err, /There is no profile at .*none\.json/);
});

test("--explain leads a figure back to what was given", async () => {
  using shop = shopFolder();
  const { exitCode, lines } = await plan(shop.folder, "--explain", "latency.p99");
  assert.equal(exitCode, 0);
  assert.match(lines[0] ?? "", /latency\.p99$/);
  assert.ok(lines.some((line) => line.includes("shop.utilisation")));
  const all = await plan(shop.folder, "--explain");
  assert.ok(all.lines.length > lines.length);
});

test("every --sweep is a table, and --json has them all", async () => {
  using shop = shopFolder();
  const sweeps = ["--sweep", "shop.replicas=1..4", "--sweep", "hot.memory=16MiB..64MiB:x2"];
  const { out } = await plan(shop.folder, ...sweeps);
  assert.match(out, /\nAlong shop\.replicas\n {2}shop\.replicas .*\n +1 /);
  assert.match(out, /\nAlong hot\.memory\n/);
  const { sweeps: data } = JSON.parse((await plan(shop.folder, "--json", ...sweeps)).out);
  assert.deepEqual(
    data.map(({ path, points }: { path: string; points: unknown[] }) => [path, points.length]),
    [
      ["shop.replicas", 4],
      ["hot.memory", 3],
    ],
  );
});

test("a simulation of the same seed prints the same bytes, and a part that fails is seen", async () => {
  using shop = shopFolder();
  const simulate = ["--simulate", "--duration", "20s"];
  const first = await plan(shop.folder, ...simulate);
  assert.match(first.out, /\nSimulation\n {2}[\d,]+ requests in 18 s|\nSimulation\n/);
  assert.equal((await plan(shop.folder, ...simulate)).out, first.out);
  assert.notEqual((await plan(shop.folder, ...simulate, "--seed", "2")).out, first.out);
  const failing = [...simulate, "--fail", "shop@5s+5s", "--json"];
  const { simulation } = JSON.parse((await plan(shop.folder, ...failing)).out);
  assert.ok(simulation.failed > 500, `${simulation.failed} failed`);
});

test("arrivals may be a file of times", async () => {
  using shop = shopFolder();
  const times = Array.from({ length: 500 }, (_, index) => `${index * 10}`);
  writeFileSync(join(shop.folder, "times.txt"), `${times.join("\n")}\n`);
  const { exitCode, out } = await plan(shop.folder, "--simulate", "--arrivals", "times.txt", "--json");
  assert.equal(exitCode, 0);
  const { simulation } = JSON.parse(out);
  assert.ok(simulation.requests > 300 && simulation.requests <= 500, `${simulation.requests}`);
  writeFileSync(join(shop.folder, "times.txt"), "1\n2\nx\n");
  const mistaken = await plan(shop.folder, "--simulate", "--arrivals", "times.txt");
  assert.equal(mistaken.exitCode, 2);
  assert.match(mistaken.err, /times\.txt:3/);
});

test("--html writes a page beside the report", async () => {
  using shop = shopFolder();
  const { exitCode, lines } = await plan(shop.folder, "--html", "plan.html");
  assert.equal(exitCode, 0);
  assert.match(lines[0] ?? "", /^✔ shop /);
  assert.match(readFileSync(join(shop.folder, "plan.html"), "utf8"), /^<!doctype html>/);
  const nowhere = await plan(shop.folder, "--html", "no/such/folder/plan.html");
  assert.equal(nowhere.exitCode, 1);
  assert.match(nowhere.err, /^trestle: --html: no\/such\/folder\/plan\.html cannot be written/);
});

test("--against tells what a change does since a revision, in three forms", async () => {
  using shop = shopFolder({ replicas: 1 });
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@example.com", ...args], {
      cwd: shop.folder,
    });
  git("init", "--quiet");
  git("add", ".");
  git("commit", "--quiet", "-m", "one replica");
  writeFileSync(join(shop.folder, "system.ts"), shopText({ replicas: 4 }));
  const { exitCode, out, err } = await plan(shop.folder, "--against", "HEAD");
  assert.equal(err, "");
  assert.equal(exitCode, 0);
  assert.match(out, /^[✔✖?] shop .*\n {2}against HEAD \([0-9a-f]{10}\)\n/);
  assert.match(out, /\n {2}shop +replicas +1 +4\n/);
  assert.match(out, /\n {2}shop\.replicas +1 +4\n/);
  const markdown = (await plan(shop.folder, "--against", "HEAD", "--markdown")).out;
  assert.match(markdown, /^### shop: the plan against `HEAD`/);
  assert.match(markdown, /\| `shop` \| replicas \| 1 \| 4 \|/);
  const { against } = JSON.parse((await plan(shop.folder, "--against", "HEAD", "--json")).out);
  assert.deepEqual(against.settings, [{ place: "shop.replicas", before: 1, after: 4 }]);
});

test("a revision without the design, and Ctrl-C meanwhile, leave a message and nothing else", async () => {
  using shop = shopFolder();
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@example.com", ...args], {
      cwd: shop.folder,
    });
  git("init", "--quiet");
  git("commit", "--quiet", "--allow-empty", "-m", "nothing yet");
  const early = await plan(shop.folder, "--against", "HEAD");
  assert.equal(early.exitCode, 1);
  assert.match(early.err, /^trestle: the design of HEAD cannot be loaded: /);
  assert.doesNotMatch(early.err, /trestle-plan-[A-Za-z0-9]{6}/);

  const own = mkdtempSync(join(tmpdir(), "trestle-temporary-"));
  const usual = process.env.TMPDIR;
  process.env.TMPDIR = own;
  try {
    const terminal = new MemoryTerminal({ folder: shop.folder });
    const ended = runProgram(["plan", "--against", "HEAD"], terminal);
    while (terminal.listeners === 0) await new Promise((resolve) => setImmediate(resolve));
    terminal.send("SIGINT");
    assert.equal(await ended, 1);
    assert.match(terminal.err.text, /^trestle: stopped before /);
    assert.equal(terminal.listeners, 0);
    assert.deepEqual(readdirSync(own), []);
  } finally {
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
    rmSync(own, { recursive: true });
  }
});
