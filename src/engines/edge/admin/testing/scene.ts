import { SimulatedClock, seededRandom } from "../../../../blocks/time/index.ts";
import type { EdgeConfig } from "../../config/index.ts";
import { RequestIds } from "../../exchange/request-id.ts";
import { type Answered, ask, type Question } from "../../testing/servers.ts";
import { type AdminLimits, startAdmin } from "../admin-server.ts";
import { MemoryControl } from "./memory-control.ts";

export const TOKEN = "a-token-for-tests-only";

export const CONFIG: EdgeConfig = {
  listeners: [{ host: "127.0.0.1", port: 8_080, routes: [{ path: "/*", to: "shop" }] }],
  upstreams: { shop: { endpoints: [{ id: "shop.1", host: "127.0.0.1", port: 4_001 }] } },
  admin: { port: 9_000, token: TOKEN },
};

/** What was answered, read as JSON. */
export interface Told extends Answered {
  readonly json: unknown;
}

/** An admin server before an edge in memory, and a caller that has the token. */
export async function scene(config: EdgeConfig = CONFIG, limits: Partial<AdminLimits> = {}) {
  const clock = new SimulatedClock();
  const control = new MemoryControl(config);
  const admin = await startAdmin(
    { port: 0, token: TOKEN },
    {
      control,
      clock,
      requestIds: new RequestIds(seededRandom(1)),
      documentationUrl: () => "https://docs.example/errors",
      limits,
    },
  );
  const call = async (
    method: string,
    path: string,
    more: Question & { json?: unknown } = {},
  ): Promise<Told> => {
    const { json, headers = [], ...question } = more;
    const answer = await ask(admin.port, {
      method,
      path,
      headers: ["Authorization", `Bearer ${TOKEN}`, ...headers],
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      ...question,
    });
    const type = answer.headers["content-type"] ?? "";
    const isJson = type.startsWith("application/json") && answer.body !== "";
    return { ...answer, json: isJson ? JSON.parse(answer.body) : undefined };
  };
  return { clock, control, admin, port: admin.port, call, [Symbol.asyncDispose]: () => admin.close() };
}

/** The error in an envelope. */
export function errorIn({ json }: Told): { code: string; message: string; details: readonly object[] } {
  return (json as { error: { code: string; message: string; details: readonly object[] } }).error;
}

/** The places that an error names, in their order. */
export function placesIn(told: Told): unknown[] {
  return errorIn(told).details.map((one) => ("place" in one ? one.place : undefined));
}
