import type { LiveEvent, RunEvent } from "../../../control-api/index.ts";
import type { RunTelemetry } from "../../telemetry/run-telemetry.ts";
import type { ControlRoute } from "../route.ts";

/** What the one stream of the console needs. */
export interface LiveSources {
  readonly telemetry: RunTelemetry;
  /** The function returned ends the subscription. */
  readonly subscribe: (listener: (event: RunEvent) => void) => () => void;
}

/** Everything that moves on the console's page, in one stream. */
export function liveRoutes({ telemetry, subscribe }: LiveSources): readonly ControlRoute[] {
  return [
    {
      method: "GET",
      path: "/v1/live",
      answer: ({ query }) => ({
        stream(stream) {
          const send = (event: LiveEvent) => stream.send(event);
          stream.onEnd(
            subscribe((event) => {
              if (event.type !== "log") send({ type: "event", event });
            }),
          );
          send({ type: "requirements", requirements: telemetry.requirements() });
          stream.onEnd(telemetry.onFigures((figures) => send({ type: "figures", figures })));
          stream.onEnd(
            telemetry.onRequirements((requirements) => send({ type: "requirements", requirements })),
          );
          stream.onEnd(telemetry.marks.subscribe((mark) => send({ type: "mark", mark })));
          if (query.get("logs") !== "true") return;
          stream.onEnd(
            telemetry.logs.subscribe((entries, leftOut) => send({ type: "entries", entries, leftOut })),
          );
        },
      }),
    },
  ];
}
