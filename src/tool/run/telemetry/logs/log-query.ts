import { type LogQuery, logWordsOf } from "../../../control-api/index.ts";
import { RunError } from "../../errors.ts";
import { choiceIn, numberIn, textIn } from "../query-parameters.ts";
import { LEVELS } from "./levels.ts";

const PARTS_MAX = 200;
const WORDS_MAX = 32;

/** Reads what `GET /v1/logs/search` was asked. Empty parameters count as absent. Throws `BAD_REQUEST` naming the one that is wrong. */
export function logQueryFrom(params: URLSearchParams): LogQuery {
  const parts = params.getAll("part").filter((part) => part !== "");
  if (parts.length > PARTS_MAX) throw new RunError("BAD_REQUEST", `part stands more than ${PARTS_MAX} times`);
  const text = textIn(params, "text");
  if (text !== undefined && logWordsOf(text).length > WORDS_MAX) {
    throw new RunError("BAD_REQUEST", `text has more than ${WORDS_MAX} words`);
  }
  const traceId = textIn(params, "traceId");
  if (traceId !== undefined && !/^[0-9a-f]{32}$/i.test(traceId)) {
    throw new RunError("BAD_REQUEST", "traceId has to be 32 hexadecimal digits");
  }
  const replica = textIn(params, "replica");
  const level = choiceIn(params, "level", LEVELS);
  const fromMs = numberIn(params, "fromMs", {});
  const toMs = numberIn(params, "toMs", {});
  const before = numberIn(params, "before", { whole: true, min: 0 });
  const limit = numberIn(params, "limit", { whole: true, min: 1, max: 1_000 });
  return {
    ...(parts.length === 0 ? {} : { parts }),
    ...(replica === undefined ? {} : { replica }),
    ...(level === undefined ? {} : { level }),
    ...(text === undefined ? {} : { text }),
    ...(traceId === undefined ? {} : { traceId }),
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(toMs === undefined ? {} : { toMs }),
    ...(before === undefined ? {} : { before }),
    ...(limit === undefined ? {} : { limit }),
  };
}
