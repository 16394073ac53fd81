import type { TraceQuery } from "../../../control-api/index.ts";
import { choiceIn, numberIn, textIn } from "../query-parameters.ts";

/** Reads what `GET /v1/traces` was asked. Empty parameters count as absent. Throws `BAD_REQUEST` naming the one that is wrong. */
export function traceQueryFrom(params: URLSearchParams): TraceQuery {
  const limit = numberIn(params, "limit", { whole: true, min: 1, max: 500 });
  const part = textIn(params, "part");
  const peer = textIn(params, "peer");
  const status = choiceIn(params, "status", ["error", "ok"]);
  const minMs = numberIn(params, "minMs", { min: 0 });
  const maxMs = numberIn(params, "maxMs", { min: 0 });
  const text = textIn(params, "text");
  const fromMs = numberIn(params, "fromMs", {});
  const toMs = numberIn(params, "toMs", {});
  const sort = choiceIn(params, "sort", ["time", "duration"]);
  return {
    ...(part === undefined ? {} : { part }),
    ...(peer === undefined ? {} : { peer }),
    ...(status === undefined ? {} : { status }),
    ...(minMs === undefined ? {} : { minMs }),
    ...(maxMs === undefined ? {} : { maxMs }),
    ...(text === undefined ? {} : { text }),
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(toMs === undefined ? {} : { toMs }),
    ...(limit === undefined ? {} : { limit }),
    ...(sort === undefined ? {} : { sort }),
  };
}
