import type { JSX } from "preact";
import type { SqlProblem } from "../../../../control-api/index.ts";
import { errorPlace } from "../../../model/error-place.ts";
import { Icon } from "../../ui/icon.tsx";
import { ShownText } from "../shown-text.tsx";

/** Why a statement was refused, and where in it. */
export function Problem({ of, sql }: { readonly of: SqlProblem; readonly sql: string }): JSX.Element {
  const place = of.position === undefined || sql === "" ? undefined : errorPlace(sql, of.position);
  return (
    <div class="data-problem" role="alert">
      <p class="data-problem-title">
        <Icon name="warn" />
        <strong>
          <ShownText text={of.message} />
        </strong>
        {of.state !== undefined && <span class="mono soft">{of.state}</span>}
      </p>
      {place && (
        <pre class="data-problem-place">
          <span class="soft">{place.line} │ </span>
          {place.text}
          {"\n"}
          <span class="data-problem-mark">{" ".repeat(String(place.line).length + 3 + place.column)}^</span>
        </pre>
      )}
      {of.detail !== undefined && (
        <p>
          <ShownText text={of.detail} />
        </p>
      )}
      {of.hint !== undefined && (
        <p>
          <ShownText text={of.hint} />
        </p>
      )}
    </div>
  );
}
