import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { CacheInfoAnswer } from "../../../../control-api/index.ts";
import { formatted } from "../../../model/format.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Failure } from "../../ui/empty.tsx";
import { useData } from "../ask-data.ts";
import { ShownText } from "../shown-text.tsx";

const EVERY_MS = 5_000;

/** What the server says of itself, in a line; and all of it, when asked for. */
export function CacheStrip({ part }: { readonly part: string }): JSX.Element {
  const { data, error, reload } = useData<CacheInfoAnswer>(part, "info", {}, { everyMs: EVERY_MS });
  const [isOpen, setOpen] = useState(false);
  if (error && !data) return <Failure error={error} onRetry={reload} />;
  const { hits, misses, memoryBytes, memoryBytesMax, ...rest } = data?.figures ?? {};
  const asked = (hits ?? 0) + (misses ?? 0);
  const room = memoryBytesMax === undefined ? "" : ` of ${formatted(memoryBytesMax, "bytes")}`;
  return (
    <dl class="data-strip card">
      <Figure title="Keys" text={formatted(rest.keys, "number")} />
      <Figure title="Expiring" text={formatted(rest.expiring, "number")} />
      <Figure title="Hit ratio" text={formatted(asked > 0 ? (hits ?? 0) / asked : undefined, "share")} />
      <Figure title="Memory" text={`${formatted(memoryBytes, "bytes")}${room}`} />
      <Figure title="Commands" text={formatted(rest.commandsPerSecond, "per-second")} />
      <Figure title="Clients" text={formatted(rest.clients, "number")} />
      <Figure title="Evicted" text={formatted(rest.evicted, "number")} />
      <Figure title="Policy" text={rest.policy ?? "–"} />
      <div class="data-strip-end">
        <dt class="unseen">More</dt>
        <dd>
          <Button look="quiet" onClick={() => setOpen(true)} disabled={!data}>
            All figures
          </Button>
        </dd>
      </div>
      {isOpen && data && <All sections={data.sections} onClose={() => setOpen(false)} />}
    </dl>
  );
}

function Figure({ title, text }: { readonly title: string; readonly text: string }): JSX.Element {
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        <ShownText text={text} />
      </dd>
    </div>
  );
}

function All({
  sections,
  onClose,
}: {
  readonly sections: CacheInfoAnswer["sections"];
  readonly onClose: () => void;
}): JSX.Element {
  return (
    <Dialog title="What the server says" onClose={onClose}>
      {sections.map(({ title, fields }) => (
        <section key={title} class="data-info">
          <h3>{title}</h3>
          <dl>
            {fields.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd class="mono">
                  <ShownText text={value} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
