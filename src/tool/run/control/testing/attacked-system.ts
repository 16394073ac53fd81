import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { systemClock } from "../../../../blocks/time/index.ts";
import type { PartModel, TelemetryModel } from "../../../design/model.ts";
import { edge, run, type Staged, service } from "../../testdata/system.ts";
import type { ControlAddress } from "../control-server.ts";

const OBSERVED: TelemetryModel = {
  traces: { share: 1, perSecondMax: 1_000, slowMs: 500 },
  record: true,
};
/** What stands in for the console's page. */
export const PAGE_TEXT = "the page, which holds no data";

/** A system that runs, seen by whoever attacks it. */
export interface AttackedSystem {
  readonly staged: Staged;
  readonly port: number;
  readonly token: string;
  /** The receiver of telemetry. */
  readonly telemetryPort: number;
  /** The fields of a proper request: its host and the token. */
  readonly proper: string;
  /** Writes a request's head, line by line, and gives what comes back until the server closes or `forMs` have passed (default 5,000). */
  raw(
    lines: readonly string[],
    options?: { readonly body?: string; readonly forMs?: number },
  ): Promise<string>;
  /** Sends a proper request with `connection: close`, and gives the status and the whole answer. */
  ask(
    method: string,
    path: string,
    body?: string,
  ): Promise<{ readonly status: number; readonly text: string }>;
}

/** Starts an edge and a service, observed, and whatever else is given; waits until all of it is ready. */
export async function attackedSystem(
  t: TestContext,
  parts: readonly PartModel[] = [],
): Promise<AttackedSystem> {
  const api = service("api", { uses: Object.fromEntries(parts.map(({ name }) => [name, name])) });
  const staged = await run(t, [...parts, api, await edge("front", "api")], {
    telemetry: OBSERVED,
    page(_request, response, pathname) {
      if (pathname !== "/") return false;
      response.end(PAGE_TEXT);
      return true;
    },
  });
  await staged.system.ready;
  const path = join(staged.stateFolder, "control.json");
  const { port, token } = JSON.parse(readFileSync(path, "utf8")) as ControlAddress;
  const proper = `Host: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}`;
  const raw: AttackedSystem["raw"] = (lines, { body = "", forMs = 5_000 } = {}) =>
    exchange(port, `${lines.join("\r\n")}\r\n\r\n${body}`, forMs);
  const ask: AttackedSystem["ask"] = async (method, path, body = "") => {
    const length = `Content-Length: ${Buffer.byteLength(body)}`;
    const head = [`${method} ${path} HTTP/1.1`, proper, length, "Connection: close"];
    const text = await raw(head, { body, forMs: 20_000 });
    return { status: statusOf(text), text };
  };
  const { endpoint } = JSON.parse(bodyOf((await ask("GET", "/v1/telemetry")).text)) as { endpoint: string };
  return { staged, port, token, telemetryPort: Number(new URL(endpoint).port), proper, raw, ask };
}

/** What a replica found in its environment, where Linux shows it. */
export function environmentOf({ staged }: AttackedSystem, replica: string): ReadonlyMap<string, string> {
  const text = readFileSync(`/proc/${staged.replica(replica)?.pid}/environ`, "utf8");
  return new Map(
    text.split("\0").map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return [name, value.join("=")];
    }),
  );
}

/** What services show to the receiver. */
export function tokenOfServices(system: AttackedSystem): string {
  const fields = environmentOf(system, "api.1").get("OTEL_EXPORTER_OTLP_HEADERS") ?? "";
  return decodeURIComponent(fields).replace(/^authorization=Bearer /, "");
}

/** The status of an answer; 0 for none. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}

/** The statuses of all answers on a connection. */
export function statusesOf(answers: string): number[] {
  return [...answers.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
}

/** The JSON in an answer of one chunk. */
function bodyOf(answer: string): string {
  return answer.slice(answer.indexOf("{"), answer.lastIndexOf("}") + 1);
}

function exchange(port: number, text: string, forMs: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    const patience = systemClock.setTimer(forMs, () => socket.destroy());
    socket.setEncoding("latin1").on("data", (chunk) => {
      answer += chunk;
    });
    // Refusals close while something is still being written.
    socket.on("error", () => {});
    socket.on("close", () => {
      patience.cancel();
      resolve(answer);
    });
    socket.write(text);
  });
}
