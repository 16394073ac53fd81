import { codeOf, messageOf } from "../../blocks/errors/index.ts";
import { report, runEngineProcess } from "../process.ts";
import type {
  EdgeConfig,
  EdgeEndpointMessage,
  EdgeUpdatedMessage,
  EdgeUpdateMessage,
} from "./config/index.ts";
import { startEdge } from "./edge.ts";

/** An edge in a process of its own: started with `{ config }`, updated by `EdgeUpdateMessage`. */
runEngineProcess(async ({ config }: { readonly config: EdgeConfig }) => {
  const edge = await startEdge(config, { onEvent: (event: EdgeEndpointMessage) => report(event) });
  return {
    port: edge.port,
    onMessage(message: unknown) {
      if (isUpdate(message)) void update(message);
    },
    close: () => edge.close(),
  };

  async function update({ id, config: next }: EdgeUpdateMessage): Promise<void> {
    let answer: EdgeUpdatedMessage;
    try {
      answer = { type: "updated", id, ...(await edge.update(next)) };
    } catch (thrown) {
      const error = { code: codeOf(thrown) ?? "UNKNOWN", message: messageOf(thrown) };
      answer = { type: "updated", id, drained: false, error };
    }
    report(answer);
  }
});

function isUpdate(message: unknown): message is EdgeUpdateMessage {
  return typeof message === "object" && message !== null && "type" in message && message.type === "update";
}
