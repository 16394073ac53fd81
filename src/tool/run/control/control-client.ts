import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import type { ClientRequest, IncomingMessage } from "node:http";
import { dirname, join, resolve } from "node:path";
import { request } from "../../../blocks/node/index.ts";
import { systemClock } from "../../../blocks/time/index.ts";
import type { RunEvent, SystemSnapshot } from "../../control-api/index.ts";
import { RUN_ERRORS, RunError, type RunErrorCode } from "../errors.ts";
import { isAlive } from "../process-identity.ts";
import type { LogEvent } from "../telemetry/logs/index.ts";
import { type ControlAddress, consoleUrl } from "./control-server.ts";

/** How long a supervisor may take to end once it has let go of its folder. */
const EXIT_MS = 1_000;

/** A running system, seen from another process: a client of the control API. */
export interface RunningControl {
  /** `.trestle/<system>`. */
  readonly folder: string;
  /** Where a browser finds the console, its key included. */
  readonly console: string;
  snapshot(): Promise<SystemSnapshot>;
  /** What happens from now on, log lines left out. Ends with the system or the signal. */
  events(options: { readonly signal: AbortSignal }): AsyncIterable<RunEvent>;
  /** The last lines (1,000 a part at most are at hand), and with `follow` those that come. */
  logs(options: {
    readonly parts?: readonly string[];
    readonly lines: number;
    readonly follow: boolean;
    readonly signal: AbortSignal;
  }): AsyncIterable<LogEvent>;
  scale(part: string, replicas: number): Promise<void>;
  restart(part: string): Promise<void>;
  /** Stops the system; resolves when its supervisor has ended, or has let go of it for a second and lives on. */
  down(): Promise<void>;
}

/** The folders `.trestle/<system>` that belong to a design file or to the folder of one, whether they run or not. */
export function stateFolders(fileOrFolder: string): string[] {
  const path = resolve(fileOrFolder);
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const states = join(isFolder ? path : dirname(path), ".trestle");
  try {
    return readdirSync(states)
      .map((name) => join(states, name))
      .filter((folder) => statSync(folder).isDirectory())
      .sort();
  } catch {
    return [];
  }
}

/**
 * Finds the supervisor that runs for a design file, or the only one that runs in a folder. Throws `NOT_RUNNING` and
 * `SEVERAL_RUNNING`.
 */
export async function findRunning(fileOrFolder: string): Promise<RunningControl> {
  const running = stateFolders(fileOrFolder).flatMap((folder) => {
    const address = addressIn(folder);
    return address && isAlive(address.supervisor) ? [{ folder, address }] : [];
  });
  const wanted = realPath(fileOrFolder);
  const isFolder = statSync(wanted, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const found = isFolder ? running : running.filter(({ address }) => realPath(address.file) === wanted);
  const files = running.map(({ address }) => address.file).join(", ");
  const [only, another] = found;
  if (another) {
    throw new RunError("SEVERAL_RUNNING", `several systems run at ${fileOrFolder}: name one of ${files}`);
  }
  if (only) return new ControlClient(only.folder, only.address);
  const others = files === "" ? "" : ` (beside it, ${files} runs)`;
  throw new RunError("NOT_RUNNING", `no system runs at ${fileOrFolder}${others}: \`trestle up\` starts one`);
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

class ControlClient implements RunningControl {
  readonly folder: string;
  readonly console: string;
  readonly #address: ControlAddress;

  constructor(folder: string, address: ControlAddress) {
    this.folder = folder;
    this.console = consoleUrl(address);
    this.#address = address;
  }

  async snapshot(): Promise<SystemSnapshot> {
    return (await this.#call("GET", "/v1/system")) as SystemSnapshot;
  }

  events(options: { readonly signal: AbortSignal }): AsyncIterable<RunEvent> {
    return this.#stream("/v1/events", options.signal);
  }

  async *logs(options: {
    readonly parts?: readonly string[];
    readonly lines: number;
    readonly follow: boolean;
    readonly signal: AbortSignal;
  }): AsyncIterable<LogEvent> {
    const query = new URLSearchParams({ lines: String(options.lines), follow: String(options.follow) });
    for (const part of options.parts ?? []) query.append("part", part);
    const path = `/v1/logs?${query}`;
    if (options.follow) {
      for await (const event of this.#stream(path, options.signal)) if (event.type === "log") yield event;
      return;
    }
    const { data } = (await this.#call("GET", path)) as { data: LogEvent[] };
    yield* data;
  }

  async scale(part: string, replicas: number): Promise<void> {
    await this.#call("POST", `/v1/parts/${encodeURIComponent(part)}/scale`, { replicas });
  }

  async restart(part: string): Promise<void> {
    await this.#call("POST", `/v1/parts/${encodeURIComponent(part)}/restart`);
  }

  async down(): Promise<void> {
    await this.#call("POST", "/v1/down");
    let freeSinceMs: number | undefined;
    while (isAlive(this.#address.supervisor)) {
      // A program that runs a system inside itself lives on; that it lets go of the folder is what can be asked of it.
      if (!isLocked(this.folder)) freeSinceMs ??= systemClock.monotonicMs();
      if (freeSinceMs !== undefined && systemClock.monotonicMs() - freeSinceMs > EXIT_MS) return;
      await systemClock.sleep(25);
    }
  }

  async #call(method: string, path: string, body?: object): Promise<unknown> {
    const response = await this.#open(method, path, body);
    const answer = await textOf(response);
    if ((response.statusCode ?? 500) < 300) return JSON.parse(answer);
    throw errorOf(answer, response.statusCode);
  }

  async *#stream(path: string, signal: AbortSignal): AsyncGenerator<RunEvent> {
    const response = await this.#open("GET", path, undefined, signal);
    if (response.statusCode !== 200) throw errorOf(await textOf(response), response.statusCode);
    response.setEncoding("utf8");
    let rest = "";
    try {
      for await (const chunk of response as AsyncIterable<string>) {
        const messages = (rest + chunk).split("\n\n");
        rest = messages.pop() ?? "";
        for (const message of messages) {
          const data = /^data: (.*)$/m.exec(message)?.[1];
          if (data !== undefined) yield JSON.parse(data) as RunEvent;
        }
      }
    } catch (thrown) {
      // The stream breaks off when the supervisor is killed or the reader has seen enough: both are its end.
      if (thrown instanceof SyntaxError) throw thrown;
    } finally {
      response.destroy();
    }
  }

  #open(method: string, path: string, body?: object, signal?: AbortSignal): Promise<IncomingMessage> {
    const { port, token } = this.#address;
    return new Promise((resolve, reject) => {
      const call: ClientRequest = request(
        {
          host: "127.0.0.1",
          port,
          path,
          method,
          agent: false,
          headers: {
            authorization: `Bearer ${token}`,
            ...(body ? { "content-type": "application/json" } : {}),
          },
          ...(signal ? { signal } : {}),
        },
        resolve,
      );
      call.once("error", (cause) => {
        reject(new RunError("NOT_RUNNING", "the supervisor does not answer: it has just ended", { cause }));
      });
      call.end(body ? JSON.stringify(body) : undefined);
    });
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  response.setEncoding("utf8");
  let text = "";
  for await (const chunk of response as AsyncIterable<string>) text += chunk;
  return text;
}

function errorOf(answer: string, status: number | undefined): RunError {
  let code: RunErrorCode = "CONTROL_REFUSED";
  let message = `the supervisor answered with status ${status}`;
  try {
    const { error } = JSON.parse(answer) as { error: { code: string; message: string } };
    message = error.message;
    if (error.code in RUN_ERRORS) code = error.code as RunErrorCode;
  } catch {
    // Not the supervisor's own answer: its status says what there is to say.
  }
  return new RunError(code, message);
}

function isLocked(folder: string): boolean {
  return existsSync(join(folder, "lock"));
}

function addressIn(folder: string): ControlAddress | undefined {
  try {
    const address = JSON.parse(readFileSync(join(folder, "control.json"), "utf8")) as Partial<ControlAddress>;
    const { version, port, token, file, supervisor } = address;
    const isWhole = version === 1 && port && token && file && supervisor?.pid && supervisor.started;
    return isWhole ? (address as ControlAddress) : undefined;
  } catch {
    return undefined;
  }
}
