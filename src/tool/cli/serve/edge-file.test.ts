import assert from "node:assert/strict";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { systemClock } from "../../../blocks/time/index.ts";
import { readEdgeFile } from "./edge-file.ts";

const folder = mkdtempSync(join(tmpdir(), "trestle-edge-file-"));
after(() => rmSync(folder, { recursive: true }));

const LISTENER = '{ "host": "127.0.0.1", "port": 8080, "routes": [{ "path": "/*", "to": "api" }] }';
const UPSTREAM = '{ "api": { "endpoints": [{ "id": "a", "host": "127.0.0.1", "port": 1 }] } }';

function read(name: string, text: string) {
  writeFileSync(join(folder, name), text);
  return readEdgeFile(name, { folder, clock: systemClock });
}

test("a configuration may be JSON, or what a module exports by default, and both say the same", async () => {
  const expected = JSON.parse(`{ "listeners": [${LISTENER}], "upstreams": ${UPSTREAM} }`);
  assert.deepEqual(
    await read("a.json", `{ "listeners": [${LISTENER}], "upstreams": ${UPSTREAM} }`),
    expected,
  );
  const code = `const limits: object | undefined = undefined;
    export default defineEdge({ listeners: [${LISTENER}], upstreams: ${UPSTREAM}, limits } as object as EdgeConfig);`;
  const module = `import { defineEdge, type EdgeConfig } from "trestle/edge";\n${code}`;
  assert.deepEqual(await read("a.ts", module), expected);
  assert.deepEqual(
    await read("a.mjs", `export default { listeners: [${LISTENER}], upstreams: ${UPSTREAM} };`),
    expected,
  );
});

test("a module that has changed is read again", async () => {
  const text = (port: number) =>
    `export default { listeners: [{ host: "127.0.0.1", port: ${port}, routes: [] }], upstreams: {} };`;
  assert.equal((await read("again.ts", text(1))).listeners[0]?.port, 1);
  writeFileSync(join(folder, "again.ts"), text(2));
  utimesSync(join(folder, "again.ts"), 1, 2);
  const again = await readEdgeFile("again.ts", { folder, clock: systemClock });
  assert.equal(again.listeners[0]?.port, 2);
});

test("paths in it start at the file", async () => {
  const pair = { certificateFile: "a.pem", keyFile: "/keys/a.pem" };
  const config = await read(
    "paths.json",
    JSON.stringify({
      listeners: [
        {
          host: "::1",
          port: 1,
          routes: [],
          tls: {
            certificates: [pair],
            local: { folder: "authority" },
            clients: { authorityFile: "../people.pem" },
          },
        },
        { kind: "tcp", host: "::1", port: 2, to: "a" },
      ],
      upstreams: {
        a: { endpoints: [], tls: { authorityFile: "roots.pem", certificate: pair } },
        b: { endpoints: [] },
      },
      accessLog: { to: "logs/access.jsonl" },
    }),
  );
  const here = (path: string) => join(folder, path);
  const absolute = { certificateFile: here("a.pem"), keyFile: "/keys/a.pem" };
  assert.deepEqual(config.listeners[0], {
    host: "::1",
    port: 1,
    routes: [],
    tls: {
      certificates: [absolute],
      local: { folder: here("authority") },
      clients: { authorityFile: here("../people.pem") },
    },
  });
  assert.deepEqual(config.upstreams.a?.tls, { authorityFile: here("roots.pem"), certificate: absolute });
  assert.deepEqual(config.accessLog, { to: here("logs/access.jsonl") });
  const toStdout = `{ "listeners": [${LISTENER}], "upstreams": ${UPSTREAM}, "accessLog": { "to": "stdout" } }`;
  assert.deepEqual((await read("stdout.json", toStdout)).accessLog, { to: "stdout" });
});

test("what is no configuration is refused by the file's name, with the mend", async () => {
  const wrong: readonly (readonly [name: string, text: string, message: RegExp])[] = [
    [
      "b.json",
      '{ "listeners": [], }',
      /^b\.json:1:20\n {2}the file cannot be read as JSON: "}" is not expected here\./,
    ],
    ["b.ts", "export default {", /^b\.ts:1[\s\S]*Mend the syntax/],
    [
      "c.ts",
      'import { defineEgde } from "trestle/edge";',
      /^c\.ts:1:10[\s\S]*exports nothing called "defineEgde"/,
    ],
    ["d.ts", "export const a = 1;", /^d\.ts exports no configuration by default: end it with export default/],
    ["e.ts", "export default () => ({});", /^e\.ts exports no configuration/],
    ["f.ts", "export default { a: 1n };", /^what f\.ts exports is not plain data: /],
    ["g.ts", 'throw new Error("boom");\nexport default {};', /^g\.ts:1[\s\S]*boom/],
    [
      "h.ts",
      'import { cache, system } from "trestle";\nexport default system("a", { parts: [cache("hot")] });',
      /^h\.ts is the design of a system: `trestle up h\.ts` runs it$/,
    ],
  ];
  for (const [name, text, message] of wrong) {
    await assert.rejects(read(name, text), { code: "CONFIG_NOT_READ", message }, name);
  }
  for (const name of ["missing.json", "missing.ts"]) {
    await assert.rejects(readEdgeFile(name, { folder, clock: systemClock }), {
      code: "CONFIG_NOT_READ",
      message: `${name} cannot be read: there is no such file`,
    });
  }
});

test("a configuration that is wrong is refused with the file, each place and each mend", async () => {
  await assert.rejects(
    read("i.json", `{ "listeners": [{ "host": "a", "port": 99999, "routes": [] }], "upstream": {} }`),
    {
      code: "INVALID_CONFIG",
      message:
        "i.json cannot be put in force:\n" +
        "  upstream means nothing: write upstreams, if you mean that\n" +
        "  listeners[0].port is 99999: use a whole number from 0 to 65535\n" +
        '  upstreams is missing: write it as in { "listeners": [], "upstreams": {} }',
    },
  );
});
