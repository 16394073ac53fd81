import { type ClientHttp2Session, connect } from "node:http2";
import type { HealthCheckConfig } from "../config/index.ts";
import { failedConnection } from "../health/tcp-check.ts";
import type { CheckConnect, CheckedAddress, HealthCheck, Verdict } from "../health/verdict.ts";

/** So much of a body is searched. */
const BODY_BYTES = 64 * 1024;

/**
 * Asks by HTTP/2 for the path, on a connection of its own; passes when the status is one of those expected, and the body, where that
 * matters, contains what it has to. `connectTo` offers nothing but `h2` where it speaks TLS.
 */
export function http2Check(
  config: HealthCheckConfig,
  connectTo: CheckConnect,
  scheme: "http" | "https",
): HealthCheck {
  return (endpoint, signal) =>
    new Promise<Verdict>((resolve) => {
      const what = `GET ${config.path ?? "/"}`;
      const socket = connectTo(endpoint);
      const session = connect(`${scheme}://upstream.invalid`, { createConnection: () => socket });
      const settle = (verdict: Verdict) => {
        signal.removeEventListener("abort", giveUp);
        resolve(verdict);
        socket.destroy();
      };
      const fail = (how: string) => settle({ passed: false, refused: false, reason: `${what} ${how}` });
      const giveUp = () => fail("was given up");
      signal.addEventListener("abort", giveUp, { once: true });
      // After the verdict these settle nothing.
      session.on("error", (error) => settle(failedConnection(what, error)));
      session.on("close", () => fail("was not answered: the connection ended"));
      ask(session, { config, endpoint, scheme, what, settle });
    });
}

/** One question, and whom its verdict goes to. */
interface Question {
  readonly config: HealthCheckConfig;
  readonly endpoint: CheckedAddress;
  readonly scheme: "http" | "https";
  readonly what: string;
  readonly settle: (verdict: Verdict) => void;
}

function ask(session: ClientHttp2Session, { config, endpoint, scheme, what, settle }: Question): void {
  const { path = "/", host = authorityOf(endpoint), statuses, bodyIncludes } = config;
  const stream = session.request({
    ":method": "GET",
    ":scheme": scheme,
    ":authority": host,
    ":path": path,
    "user-agent": "trestle-edge",
  });
  let status = 0;
  let body = "";
  const judge = (passed: boolean, how: string) =>
    settle({ passed, refused: false, reason: `${what} ${how}` });
  stream.on("response", (fields) => {
    status = Number(fields[":status"]);
    const expected = statuses ? statuses.includes(status) : status >= 200 && status < 300;
    if (!expected || !bodyIncludes) judge(expected, `answered ${status}`);
  });
  stream.on("data", (chunk: Buffer) => {
    body += chunk.toString("latin1");
    const wanted = Buffer.from(bodyIncludes ?? "", "utf8").toString("latin1");
    if (body.includes(wanted)) judge(true, `answered ${status}`);
    else if (body.length >= BODY_BYTES)
      judge(false, `answered ${status} without ${JSON.stringify(bodyIncludes)}`);
  });
  stream.on("error", () => judge(false, "was reset"));
  stream.on("close", () =>
    judge(false, status === 0 ? "was reset" : `answered ${status} without ${JSON.stringify(bodyIncludes)}`),
  );
}

/** An address as `:authority` has it. */
function authorityOf({ host, port }: CheckedAddress): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
