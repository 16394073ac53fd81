import type { HealthCheckConfig } from "../config/index.ts";
import { type ResponseEvent, ResponseParser } from "../http/response-parser.ts";
import { failedConnection } from "./tcp-check.ts";
import type { CheckConnect, CheckedAddress, HealthCheck, Verdict } from "./verdict.ts";

/** Bounds on the head of an answer. */
const BOUNDS = { headerBytes: 16 * 1024, headerFields: 100 };
/** So much of a body is searched. */
const BODY_BYTES = 64 * 1024;

/**
 * Asks by HTTP/1.1 for the path; passes when the status is one of those expected, and the body, where that matters, contains
 * what it has to. The body is read no further than it takes to say so, be it endless.
 */
export function httpCheck(config: HealthCheckConfig, connect: CheckConnect): HealthCheck {
  const { path = "/" } = config;
  const what = `GET ${path}`;
  return (endpoint, signal) =>
    new Promise<Verdict>((resolve) => {
      const reader = new AnswerReader(what, config);
      const socket = connect(endpoint);
      const settle = (verdict: Verdict) => {
        signal.removeEventListener("abort", giveUp);
        resolve(verdict);
        socket.destroy();
      };
      const giveUp = () => settle(reader.fail("was given up"));
      signal.addEventListener("abort", giveUp, { once: true });
      socket.on("data", (bytes: Buffer) => {
        const verdict = reader.read(bytes);
        if (verdict) settle(verdict);
      });
      // After the verdict these settle nothing.
      socket.on("error", (error) => settle(failedConnection(what, error)));
      socket.on("end", () => settle(reader.finish()));
      socket.on("close", () => settle(reader.finish()));
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: ${config.host ?? authorityOf(endpoint)}\r\n` +
          "User-Agent: trestle-edge\r\nConnection: close\r\n\r\n",
        "latin1",
      );
    });
}

/** An address as `Host` has it. */
function authorityOf({ host, port }: CheckedAddress): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Reads one answer as far as it takes to judge it. */
class AnswerReader {
  readonly #what: string;
  readonly #statuses: readonly number[] | undefined;
  readonly #parser = new ResponseParser();
  /** What the body has to contain; undefined once it need not be looked at. */
  readonly #wanted: Buffer | undefined;
  /** The body so far, as far as it is searched. */
  readonly #body: Buffer;
  #length = 0;
  #headRead = false;

  constructor(what: string, { statuses, bodyIncludes }: HealthCheckConfig) {
    this.#what = what;
    this.#statuses = statuses;
    this.#wanted = bodyIncludes ? Buffer.from(bodyIncludes, "utf8") : undefined;
    this.#body = this.#wanted ? Buffer.allocUnsafe(BODY_BYTES) : Buffer.alloc(0);
    this.#parser.begin("GET", BOUNDS);
  }

  /** Takes the connection's next bytes; the verdict, once there is one. */
  read(bytes: Buffer): Verdict | undefined {
    this.#parser.feed(bytes);
    for (;;) {
      const event = this.#parser.next();
      if (event === "more") return undefined;
      const verdict = this.#judge(event);
      if (verdict) return verdict;
    }
  }

  /** The connection has ended. */
  finish(): Verdict {
    if (!this.#headRead) return this.fail("was not answered: the connection ended");
    return this.#parser.finish() ? this.#lacking() : this.fail("had an answer that broke off");
  }

  fail(how: string): Verdict {
    return { passed: false, refused: false, reason: `${this.#what} ${how}` };
  }

  #judge(event: Exclude<ResponseEvent, "more">): Verdict | undefined {
    switch (event) {
      case "interim":
        return undefined;
      case "switched":
        return this.fail("was answered 101");
      case "head":
        return this.#judgeStatus(this.#parser.head.status);
      case "body":
        return this.#judgeBody(this.#parser.piece);
      case "end":
        return this.#lacking();
      case "failed":
        return this.fail("was answered with what is not valid HTTP/1.1");
    }
  }

  #judgeStatus(status: number): Verdict | undefined {
    this.#headRead = true;
    const statuses = this.#statuses;
    const passed = statuses ? statuses.includes(status) : status >= 200 && status < 300;
    if (!passed) return this.fail(`answered ${status}`);
    return this.#wanted ? undefined : this.#pass();
  }

  #judgeBody(piece: Buffer): Verdict | undefined {
    const wanted = this.#wanted;
    if (!wanted) return undefined;
    // What is sought may have begun in the piece before.
    const from = Math.max(0, this.#length - wanted.length + 1);
    this.#length += piece.copy(this.#body, this.#length);
    if (this.#body.subarray(from, this.#length).includes(wanted)) return this.#pass();
    return this.#length === BODY_BYTES ? this.#lacking() : undefined;
  }

  #pass(): Verdict {
    const reason = `${this.#what} answered ${this.#parser.head.status}`;
    return { passed: true, refused: false, reason };
  }

  #lacking(): Verdict {
    return this.fail(`answered ${this.#parser.head.status} without ${JSON.stringify(String(this.#wanted))}`);
  }
}
