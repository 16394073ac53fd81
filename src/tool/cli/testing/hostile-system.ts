import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock, systemRandom } from "../../../blocks/time/index.ts";
import { consolePage } from "../../console/index.ts";
import type { EdgeModel } from "../../design/edge-model.ts";
import type { PartModel, ServiceModel } from "../../design/model.ts";
import { type RunningSystem, startSystem } from "../../run/index.ts";
import { freePort } from "./spawned.ts";

/** Texts that would run `owned()`, load from elsewhere, or deceive, where they are shown as anything but text. */
export const PAYLOADS: readonly string[] = [
  "<img src=x onerror=owned()>",
  '"><script>owned()</script>',
  "'\"--></style></script><svg onload=owned()>",
  "javascript:owned()",
  "data:text/html,<script>owned()</script>",
  "<iframe srcdoc='<script>top.owned()</script>'>",
  "<a href=javascript:owned()>http://127.0.0.1</a>",
  "<base href=http://evil.example/><link rel=stylesheet href=http://evil.example/x.css>",
  'x" onmouseover="owned()" style="background:url(http://evil.example/x.png)',
  "{{constructor.constructor('owned()')()}} #{owned()}",
  "\u202egpj.exe\u2066 \u200b\u0007\u0000\u001b[2J\u001b]0;owned\u0007",
  "__proto__",
];

/** A system that runs, whose parts say nothing but such texts. */
export interface HostileSystem extends AsyncDisposable {
  readonly system: RunningSystem;
  /** Where the console is. */
  readonly origin: string;
  readonly key: string;
  /** Where the edge is. */
  readonly front: string;
  /** Resolves once the service has said all that it has to say. */
  readonly said: Promise<void>;
}

export async function hostileSystem(): Promise<HostileSystem> {
  const folder = mkdtempSync(join(tmpdir(), "trestle-hostile-"));
  const port = await freePort();
  const { promise: said, resolve } = Promise.withResolvers<void>();
  const traces = { share: 1, perSecondMax: 1_000, slowMs: 500, trustClients: true };
  const system = await startSystem({
    design: {
      file: join(folder, "system.ts"),
      folder,
      model: {
        version: 1,
        name: "hostile",
        requires: { latency: { p99Ms: 1 }, availability: 0.999 },
        telemetry: { traces, record: true },
        parts: partsOf(port),
      },
    },
    clock: systemClock,
    random: systemRandom,
    environment: process.env,
    watch: false,
    label: PAYLOADS[0] ?? "",
    page: consolePage(),
    onEvent(event) {
      if (event.type === "log" && event.text === "all is said") resolve();
    },
  });
  await system.ready;
  const front = `http://127.0.0.1:${port}`;
  for (const payload of PAYLOADS) await visit(port, payload);
  const { origin, hash } = new URL(system.console ?? "");
  return {
    system,
    origin,
    key: hash.replace("#key=", ""),
    front,
    said,
    async [Symbol.asyncDispose]() {
      await system.kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function partsOf(port: number): readonly PartModel[] {
  const api: ServiceModel = {
    kind: "service",
    name: "api",
    program: { run: fileURLToPath(new URL("../testdata/hostile.mjs", import.meta.url)) },
    folder: ".",
    uses: { hot: "hot", links: "links" },
    environment: { PAYLOADS: JSON.stringify(PAYLOADS) },
    replicas: 1,
    health: { kind: "http", path: "/healthz" },
    startTimeoutMs: 20_000,
    stopTimeoutMs: 1_000,
  };
  const routes = PAYLOADS.map((payload, at) => {
    return { path: at === 0 ? "/*" : `/${at}/*`, name: printable(payload), to: "api" };
  });
  const front: EdgeModel = {
    kind: "edge",
    name: "front",
    listeners: [
      { kind: "http", host: "127.0.0.1", port, routes, http2: true, trustedHops: 0, acceptProxy: false },
    ],
    workers: 1,
    limits: {},
  };
  return [
    { kind: "cache", name: "hot", memoryBytes: 16 * 1024 * 1024 },
    { kind: "database", name: "links" },
    api,
    front,
  ];
}

/** A client who says such a text wherever a request has room for it. */
function visit(port: number, payload: string): Promise<void> {
  const text = encodeURIComponent(payload);
  const value = printable(payload);
  return new Promise((resolve, reject) => {
    const call = request({
      port,
      host: "127.0.0.1",
      path: `/broken/${text}?q=${text}`,
      headers: { "user-agent": value, referer: value, "x-request-id": value },
    });
    call.on("response", (response) => response.resume().on("end", resolve));
    call.on("error", reject);
    call.end();
  });
}

/** What may stand in a header, or be a route's name. */
function printable(payload: string): string {
  return payload.replace(/[^\x20-\x7e]/g, "?");
}
