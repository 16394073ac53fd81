import type { RunEvent, SystemSnapshot } from "../../../control-api/index.ts";
import { RunError } from "../../errors.ts";
import type { LogEvent } from "../../telemetry/logs/index.ts";
import type { ControlRoute } from "../route.ts";

/** What the control API lets others do to a running system. */
export interface Controlled {
  snapshot(): SystemSnapshot;
  scale(part: string, replicas: number): Promise<void>;
  restart(part: string): Promise<void>;
  stop(): Promise<void>;
  /** The function returned ends the subscription. */
  subscribe(listener: (event: RunEvent) => void): () => void;
  tail(parts: readonly string[], lines: number): readonly LogEvent[];
}

/** The everyday part of the API: what `ps`, `logs`, `scale`, `restart` and `down` ask for. */
export function systemRoutes(controlled: Controlled): readonly ControlRoute[] {
  return [
    { method: "GET", path: "/v1/system", answer: () => ({ json: controlled.snapshot() }) },
    {
      method: "GET",
      path: "/v1/events",
      answer: () => ({
        stream(stream) {
          const send = (event: RunEvent) => {
            if (event.type !== "log") stream.send(event);
          };
          stream.onEnd(controlled.subscribe(send));
        },
      }),
    },
    {
      method: "GET",
      path: "/v1/logs",
      answer({ query }) {
        const parts = query.getAll("part");
        const lines = Math.max(0, Math.min(100_000, Number(query.get("lines") ?? 100) || 0));
        const past = controlled.tail(parts, lines);
        if (query.get("follow") !== "true") return { json: { data: past } };
        return {
          stream(stream) {
            const send = (event: RunEvent) => {
              if (event.type === "log" && (parts.length === 0 || parts.includes(event.part)))
                stream.send(event);
            };
            past.forEach(send);
            stream.onEnd(controlled.subscribe(send));
          },
        };
      },
    },
    {
      method: "POST",
      path: "/v1/parts/:part/scale",
      async answer({ parameter, body }) {
        await controlled.scale(parameter("part"), replicasOf(await body()));
        return { json: controlled.snapshot() };
      },
    },
    {
      method: "POST",
      path: "/v1/parts/:part/restart",
      async answer({ parameter }) {
        await controlled.restart(parameter("part"));
        return { json: controlled.snapshot() };
      },
    },
    {
      method: "POST",
      path: "/v1/down",
      answer() {
        void controlled.stop();
        return { json: { stopping: true }, status: 202 };
      },
    },
  ];
}

function replicasOf(body: unknown): number {
  if (typeof body === "object" && body !== null && "replicas" in body && typeof body.replicas === "number") {
    return body.replicas;
  }
  throw new RunError("BAD_REQUEST", 'the body has to be { "replicas": NUMBER }');
}
