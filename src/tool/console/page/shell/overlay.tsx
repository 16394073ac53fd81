import type { JSX } from "preact";
import { Dialog } from "../ui/dialog.tsx";
import { KeyHint } from "../ui/key-hint.tsx";
import { overlay } from "./overlay-state.ts";
import { Palette } from "./palette.tsx";
import { VIEWS } from "./views.ts";

/** What lies over the page, when something does. */
export function Overlays(): JSX.Element | null {
  const close = () => {
    overlay.value = undefined;
  };
  switch (overlay.value) {
    case "palette":
      return <Palette onClose={close} />;
    case "help":
      return <Help onClose={close} />;
    default:
      return null;
  }
}

const KEYS: readonly (readonly [string, string])[] = [
  ["Mod+K", "Find a view, a part, a run, a trace; or do something"],
  ["/", "Search in this view"],
  ["Space", "Pause, or go on"],
  ["t", "Change the theme"],
  ["1", "The last minute; 2 to 8 are the longer ranges"],
  ["?", "This list"],
  ["Esc", "Close what is open"],
];

function Help({ onClose }: { readonly onClose: () => void }): JSX.Element {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl class="help-list">
        {KEYS.map(([keys, words]) => (
          <div key={keys}>
            <dt>{words}</dt>
            <dd>
              <KeyHint keys={keys} />
            </dd>
          </div>
        ))}
      </dl>
      <h3 class="help-title">Views</h3>
      <dl class="help-list">
        {VIEWS.map((view) => (
          <div key={view.id}>
            <dt>{view.title}</dt>
            <dd>
              <KeyHint keys={`g ${view.key}`} />
            </dd>
          </div>
        ))}
      </dl>
      <h3 class="help-title">Charts</h3>
      <dl class="help-list">
        <div>
          <dt>Move along a chart that has the focus</dt>
          <dd>
            <KeyHint keys="← →" />
          </dd>
        </div>
        <div>
          <dt>Zoom in by dragging; back out</dt>
          <dd>
            <KeyHint keys="-" />
          </dd>
        </div>
      </dl>
    </Dialog>
  );
}
