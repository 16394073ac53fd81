import type { JSX } from "preact";
import { settingsOf } from "../../model/settings.ts";
import { design } from "../state/live.ts";

/** What the design says of a part, with the defaults filled in. */
export function Settings({ part }: { readonly part: string }): JSX.Element | null {
  const model = design.value?.parts.find(({ name }) => name === part);
  if (!model) return null;
  return (
    <section class="card">
      <div class="card-head">
        <h2>Settings</h2>
      </div>
      <dl class="settings">
        {settingsOf(model).map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="mono">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
