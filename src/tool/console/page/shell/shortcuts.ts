import { useEffect } from "preact/hooks";
import { go } from "../state/address.ts";
import { RANGES, showLast, togglePause } from "../state/range.ts";
import { setTheme, theme } from "../state/theme.ts";
import { overlay } from "./overlay-state.ts";
import { VIEWS } from "./views.ts";

/** How long the second key of a pair may take. */
const PAIR_MS = 1_200;

/** Listens to the keys that work everywhere. Those that write are left to fields; those that a control needs, to it. */
export function useShortcuts(isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return;
    let pairUntilMs = 0;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        overlay.value = overlay.peek() === "palette" ? undefined : "palette";
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || overlay.peek() || isWriting(event.target)) return;
      if (pairUntilMs > event.timeStamp) {
        pairUntilMs = 0;
        const view = VIEWS.find((one) => one.key === event.key);
        if (view) {
          event.preventDefault();
          go(view.id);
        }
        return;
      }
      if (event.key === "g") pairUntilMs = event.timeStamp + PAIR_MS;
      else if (doAlone(event)) event.preventDefault();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [isOn]);
}

function doAlone(event: KeyboardEvent): boolean {
  switch (event.key) {
    case " ":
      // A button or a link that has the focus is pressed by it.
      if (event.repeat || isControl(event.target)) return false;
      togglePause();
      return true;
    case "?":
      overlay.value = "help";
      return true;
    case "/":
      return focusSearch();
    case "t":
      setTheme(theme.peek() === "auto" ? "light" : theme.peek() === "light" ? "dark" : "auto");
      return true;
    default: {
      const span = /^[1-9]$/.test(event.key) ? RANGES[Number(event.key) - 1] : undefined;
      if (span) showLast(span);
      return span !== undefined;
    }
  }
}

/** A view marks its field with `data-search`; where there is none, the palette opens. */
function focusSearch(): boolean {
  const field = document.querySelector<HTMLElement>("main [data-search]");
  if (field) field.focus();
  else overlay.value = "palette";
  return true;
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"))
  );
}

function isControl(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest("button, a, summary, [role=tab], [role=option], dialog") !== null
  );
}
