import { Agent, type ClientRequestArgs, get } from "node:http";
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { systemClock, systemRandom } from "../../../blocks/time/index.ts";
import type { ReplicaSnapshot, RunEvent, State } from "../../control-api/index.ts";
import type { EdgeModel, ListenerModel } from "../../design/edge-model.ts";
import type { LoadedDesign, PartModel, ServiceModel, TaskModel, TelemetryModel } from "../../design/model.ts";
import { isFree } from "../ports.ts";
import { type RunningSystem, type RunOptions, startSystem } from "../supervisor.ts";
import { temporaryFolder, until } from "./stage.ts";

// The place of a checkout: engines and services of the tests start in half the time with it.
enableCompileCache(fileURLToPath(new URL("../../../../node_modules/.cache/trestle", import.meta.url)));

/** The path of a service among the test data. */
export function serviceFile(name: string): string {
  return fileURLToPath(new URL(`./services/${name}`, import.meta.url));
}

/** A service that answers with its process number, unless told otherwise. */
export function service(name: string, options: Partial<ServiceModel> = {}): ServiceModel {
  return {
    kind: "service",
    name,
    program: { run: serviceFile("answer.mjs") },
    folder: ".",
    uses: {},
    environment: {},
    replicas: 1,
    startTimeoutMs: 20_000,
    stopTimeoutMs: 5_000,
    ...options,
  };
}

/** A service of a shell script, which opens no port. */
export function script(name: string, text: string, options: Partial<ServiceModel> = {}): ServiceModel {
  return service(name, { program: { command: ["sh", "-c", text] }, ...options });
}

export function task(name: string, text: string, options: Partial<TaskModel> = {}): TaskModel {
  return {
    kind: "task",
    name,
    program: { command: ["sh", "-c", text] },
    folder: ".",
    uses: {},
    environment: {},
    timeoutMs: 20_000,
    ...options,
  };
}

/** An edge that sends everything to one service, and where it listens. 0 leaves it to the supervisor; default: a port that is free. */
export async function edge(
  name: string,
  to: string,
  given?: number,
): Promise<EdgeModel & { readonly port: number }> {
  const port = given ?? (await freePort());
  const listeners: readonly ListenerModel[] = [
    {
      kind: "http",
      host: "127.0.0.1",
      port,
      routes: [{ path: "/*", to }],
      http2: true,
      trustedHops: 0,
      acceptProxy: false,
    },
  ];
  return { kind: "edge", name, listeners, workers: 1, limits: {}, port };
}

/** A health check of a path. */
export const HEALTHZ = { kind: "http", path: "/healthz" } as const;

/** A free port above those that are handed out to parts and below those of outgoing connections. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 30_000 + Math.floor(systemRandom() * 2_700);
    if (await isFree("127.0.0.1", port)) return port;
  }
}

export function designOf(
  folder: string,
  parts: readonly PartModel[],
  name = "demo",
  telemetry?: TelemetryModel,
): LoadedDesign {
  const file = join(folder, "system.ts");
  const observed = telemetry ? { telemetry } : {};
  return { file, folder, model: { version: 1, name, requires: {}, ...observed, parts } };
}

/** A running system and what it told. */
export interface Staged {
  readonly system: RunningSystem;
  readonly folder: string;
  readonly stateFolder: string;
  readonly events: RunEvent[];
  replica(id: string): ReplicaSnapshot | undefined;
  /** Resolves once the replica was told to be in such a state. */
  reaches(id: string, is: State["is"]): Promise<State>;
  /** The notices, in words. */
  notices(): string[];
  /** Every process that it runs now. */
  pids(): number[];
}

/** Runs a system of the test's, and kills it afterwards if it still runs. */
export async function run(
  t: TestContext,
  parts: readonly PartModel[],
  options: { folder?: string; name?: string; telemetry?: TelemetryModel } & Partial<
    Pick<RunOptions, "environment" | "watch" | "page" | "scaling">
  > = {},
): Promise<Staged> {
  const folder = options.folder ?? temporaryFolder(t);
  const design = designOf(folder, parts, options.name, options.telemetry);
  const events: RunEvent[] = [];
  const system = await startSystem({
    design,
    clock: systemClock,
    random: systemRandom,
    environment: options.environment ?? process.env,
    watch: options.watch ?? false,
    ...(options.page ? { page: options.page } : {}),
    ...(options.scaling ? { scaling: options.scaling } : {}),
    onEvent: (event) => events.push(event),
  });
  t.after(() => system.kill());
  const replicas = () => system.snapshot().parts.flatMap((part) => part.replicas);
  return {
    system,
    folder,
    stateFolder: join(folder, ".trestle", design.model.name),
    events,
    replica: (id) => replicas().find((replica) => replica.id === id),
    async reaches(id, is) {
      const such = () =>
        events.find((one) => one.type === "part" && one.replica === id && one.state.is === is);
      await until(`${id} being ${is}`, () => such() !== undefined);
      const event = such();
      return event?.type === "part" ? event.state : { is: "stopped" };
    },
    notices: () => events.flatMap((event) => (event.type === "notice" ? [event.message] : [])),
    pids: () => replicas().flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
  };
}

/** Asks a server of this machine. Rejects when the connection fails. */
export function ask(
  port: number,
  path = "/",
  options: ClientRequestArgs = {},
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = get({ host: "127.0.0.1", port, path, agent: false, ...options }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      response.on("error", reject);
    });
    request.on("error", reject);
  });
}

/** Asks without a pause, over several kept connections, until stopped; says what came of it. */
export function load(
  port: number,
  path = "/",
): { stop(): Promise<{ answers: string[]; failures: string[] }> } {
  const answers: string[] = [];
  const failures: string[] = [];
  let isOver = false;
  const agent = new Agent({ keepAlive: true, maxSockets: 3 });
  const workers = Array.from({ length: 3 }, async () => {
    while (!isOver) {
      try {
        const { status, body } = await ask(port, path, { agent });
        if (status === 200) answers.push(body);
        else failures.push(`${status} ${body}`);
      } catch (thrown) {
        failures.push(String(thrown));
      }
      await systemClock.sleep(5);
    }
  });
  return {
    async stop() {
      isOver = true;
      await Promise.all(workers);
      agent.destroy();
      return { answers, failures };
    },
  };
}
