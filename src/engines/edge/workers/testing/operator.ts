import { readExposition } from "../../observe/testing/exposition.ts";
import { type Answered, ask } from "../../testing/servers.ts";

/** Of all edges of these tests. */
export const TOKEN = "for-the-operators-alone";

/** Whoever operates an edge, at the port that is for them. */
export class Operator {
  readonly port: number;
  readonly #token: string;

  constructor(port: number, token: string = TOKEN) {
    this.port = port;
    this.#token = token;
  }

  /** Asks for something, with a body of JSON or without. */
  call(method: string, path: string, json?: unknown): Promise<Answered> {
    return ask(this.port, {
      method,
      path,
      headers: ["Authorization", `Bearer ${this.#token}`],
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
  }

  /** Has one upstream use servers at these ports. */
  useEndpoints(upstream: string, ports: readonly number[]): Promise<Answered> {
    const endpoints = ports.map((port) => ({ id: `${upstream}.${port}`, host: "127.0.0.1", port }));
    return this.call("PUT", `/clusters/${upstream}/endpoints`, { endpoints });
  }

  /** The status and the state that are told at `/health`. */
  async health(): Promise<readonly [status: number, state: string]> {
    const { status, body } = await this.call("GET", "/health");
    return [status, (JSON.parse(body) as { state: string }).state];
  }

  /** Every counter, by its name and labels. */
  async counters(): Promise<ReadonlyMap<string, number>> {
    const { body } = await this.call("GET", "/metrics");
    const counters = new Map<string, number>();
    for (const { type, samples } of readExposition(body, "text")) {
      if (type === "gauge") continue;
      for (const { name, labels, value } of samples) counters.set(`${name} ${JSON.stringify(labels)}`, value);
    }
    return counters;
  }

  /** A metric, added up over its labels. */
  async metric(name: string): Promise<number> {
    const { body } = await this.call("GET", "/metrics");
    const samples = readExposition(body, "text").flatMap((family) => family.samples);
    return samples.reduce((sum, sample) => (sample.name === name ? sum + sample.value : sum), 0);
  }
}
