import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ActionAnswer, ActionInfo } from "../../../control-api/index.ts";
import { ApiError } from "../../model/api-error.ts";
import { CLIENTS } from "../../model/map-graph.ts";
import { partPath, post, useAnswer } from "../state/api.ts";
import { figures } from "../state/live.ts";
import { Button } from "../ui/button.tsx";
import { tell } from "../ui/toast.tsx";
import { clientRequests, graph } from "./map-state.ts";

/** What an edge calls its action that sends some requests. */
const TRICKLE = "trickle";

/** Says that nobody asks anything, and offers to: whoever sees the map for the first time is to see it move. */
export function QuietNotice(): JSX.Element | null {
  const isQuiet = figures.value !== undefined && (clientRequests()?.perSecond ?? 0) === 0;
  const edge = graph.value?.links.find(({ from }) => from === CLIENTS)?.to;
  if (!isQuiet || edge === undefined) return null;
  return <Offer key={edge} edge={edge} />;
}

function Offer({ edge }: { readonly edge: string }): JSX.Element {
  const [isSent, setSent] = useState(false);
  const { data } = useAnswer<{ data: readonly ActionInfo[] }>(partPath(edge, "actions"));
  const action = data?.data.find(({ id }) => id === TRICKLE);
  const send = async (values: Readonly<Record<string, unknown>>) => {
    setSent(true);
    try {
      tell((await post<ActionAnswer>(partPath(edge, `actions/${TRICKLE}`), values)).message);
    } catch (error) {
      setSent(false);
      tell(error instanceof ApiError ? error.message : String(error), "bad");
    }
  };
  return (
    <div class="map-quiet">
      <p role="status">{isSent ? "The first requests are on their way" : "Nobody asks anything now"}</p>
      {action && !isSent && (
        <Button look="main" onClick={() => void send(defaultsOf(action))}>
          Send a few requests
        </Button>
      )}
    </div>
  );
}

function defaultsOf({ fields }: ActionInfo): Record<string, unknown> {
  return Object.fromEntries(fields.map(({ name, value }) => [name, value]));
}
